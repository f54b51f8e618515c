"""The day of publication that the head of an article states."""

from __future__ import annotations

import datetime as dt

import pytest

from geomap.events.dateline import with_dates
from geomap.record import Article, Record

STATED = dt.date(2021, 7, 8)


@pytest.mark.parametrize(
    ("language", "text", "yesterday"),
    [
        ("id", "DUSHANBE, 8 Juli 2021 (Kantor Berita) — Menteri berbicara kemarin.", "kemarin"),
        ("id", "Jakarta (8/7/2021) - Menteri berbicara kemarin.", "kemarin"),
        ("en", "KYIV, July 8, 2021 (Agency) — Troops left yesterday.", "yesterday"),
        ("en", "KABUL, Afghanistan, 8 July 2021 - Troops left yesterday.", "yesterday"),
        ("ru", "МОСКВА — 8 июля 2021 — Войска ушли вчера.", "вчера"),
        ("ru", "8 июля 2021, Москва. Войска ушли вчера.", "вчера"),
        ("ru", "Душанбе, 8 июля 2021 г. (Агентство) – Войска ушли вчера.", "вчера"),
        ("es", "MADRID, 8 de julio de 2021 (Agencia) — Las tropas salieron ayer.", "ayer"),
        ("es", "Madrid, 8 jul 2021 (Agencia).- Las tropas salieron ayer.", "ayer"),
        ("fr", "Paris, le 8 juillet 2021 – Les troupes sont parties hier.", "hier"),
        ("de", "Berlin, den 8. Juli 2021 (Agentur) - Die Truppen gingen gestern.", "gestern"),
        ("pt", "LISBOA, 8 de julho de 2021 (Agência) — As tropas saíram ontem.", "ontem"),
        ("pt", "Lisboa, 8 jul 2021 (Agência) - As tropas saíram ontem.", "ontem"),
        ("ar", "موسكو 8 يوليو 2021 (وكالة) - غادرت القوات أمس.", "أمس"),
        ("zh", "新社莫斯科2021年7月8日电 部队昨天离开。", "昨天"),
        ("zh", "莫斯科，2021年7月8日（通讯社）——部队昨天离开。", "昨天"),
        ("tr", "MOSKOVA, 8 Temmuz 2021 (Ajans) — Birlikler dün ayrıldı.", "dün"),
        ("ja", "【モスクワ2021年7月8日】部隊は昨日去った。", "昨日"),
        ("fa", "تهران، ۱۷ تیر ۱۴۰۰ - نیروها دیروز رفتند.", "دیروز"),
    ],
)
def test_a_dateline_with_a_year_dates_the_article(language, text, yesterday):
    record = with_dates(Record(Article(text, language=language)))
    assert record.article.date == STATED
    assert [date.earliest for date in record.dates if date.surface == yesterday] == [STATED - dt.timedelta(days=1)]
    assert record.warnings == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "KYIV, March 3 (Agency) — Troops left yesterday."),  # of which year?
        ("ru", "МОСКВА — 3 марта — Войска ушли вчера."),
        ("en", "The war began on 8 July 2021. Troops left yesterday."),
        ("en", "In a report of 8 July 2021 on the border: it was quiet yesterday."),
    ],
)
def test_other_dates_do_not_date_the_article(language, text):
    record = with_dates(Record(Article(text, language=language)))
    assert record.article.date is None
    assert len(record.warnings) == 1


def test_a_known_day_of_publication_stays():
    record = with_dates(Record(Article("KYIV, March 3, 2020 — He left.", language="en", date=STATED)))
    assert record.article.date == STATED
