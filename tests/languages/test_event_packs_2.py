"""What the packs of Russian, Turkish, Arabic and Chinese give: type, modality, place with its role, and date."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from geomap.events.dates import find_dates
from geomap.events.extract import extract_events
from geomap.events.triggers import EventPack, modes
from geomap.events.words import Spelling, segmented
from geomap.languages.pack import load
from geomap.record import Article, Mention, Place, PlaceKind, Precision, Record, Role
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

PUBLISHED = dt.date(2024, 4, 8)  # a Monday
LANGUAGES = ("ru", "tr", "ar", "zh")
COUNTRY, CITY = PlaceKind.COUNTRY, PlaceKind.CITY


def understood(text, language, names, date=PUBLISHED):
    """Return the record of a text in which the given names are places: form in the text → kind."""
    mentions, places = [], {}
    for name, kind in names.items():
        start = text.index(name)
        place_id = f"{kind}:{name}"
        places[place_id] = Place(place_id, name, kind, name, 0.0, 0.0, Precision.TOWN)
        mentions.append(Mention(start, start + len(name), name, name=name, place_id=place_id))
    mentions.sort(key=lambda mention: mention.start)
    article = Article(text, language=language, date=date)
    record = Record(
        article, split(text, language), tokenise(text), mentions=tuple(mentions), places=tuple(places.values())
    )
    return extract_events(find_dates(record))


def told(record, mode):
    """Return modality and places (role and name) of the one event of a mode."""
    (event,) = [event for event in record.events if event.mode == mode]
    return event, {(place.role, place.place_id.split(":")[1]) for place in event.places}


CASES = [
    # Russian: cases say where to and where; the perfective present is the future.
    ("ru", "В субботу войска обстреляли Харьков.", {"Харьков": CITY}, "shell", "happened", {"at Харьков"}, 6),
    ("ru", "Тысячи человек вышли на улицы Тбилиси.", {"Тбилиси": CITY}, "protest", "happened", {"at Тбилиси"}, None),
    ("ru", "Минобороны отрицает, что ВВС нанесли удар по Алеппо.", {"Алеппо": CITY}, "attack", "denied",
     {"at Алеппо"}, None),
    ("ru", "Если противник атакует Одессу, город ответит.", {"Одессу": CITY}, "attack", "conditional",
     {"at Одессу"}, None),
    ("ru", "Правительство направит военных в Польшу.", {"Польшу": COUNTRY}, "deploy", "planned", {"to Польшу"}, None),
    ("ru", "Более 300 тысяч человек бежали из Хартума в Каир.", {"Хартума": CITY, "Каир": CITY}, "flee", "happened",
     {"from Хартума", "to Каир"}, None),
    ("ru", "На Хабаровск может обрушиться тайфун.", {"Хабаровск": CITY}, "storm", "predicted", {"at Хабаровск"}, None),
    ("ru", "Рабочие не бастовали в Омске.", {"Омске": CITY}, "strike-labour", "denied", {"at Омске"}, None),
    # Turkish: the case is the preposition, and the verbs that govern stand behind.
    ("tr", "Cumartesi günü Elbistan'da deprem meydana geldi.", {"Elbistan": CITY}, "earthquake", "happened",
     {"at Elbistan"}, 6),
    ("tr", "Malatya ve Adıyaman'da göstericiler sokağa çıktı.", {"Malatya": CITY, "Adıyaman": CITY}, "protest",
     "happened", {"at Malatya", "at Adıyaman"}, None),
    ("tr", "Bakanlık, Halep'e saldırı düzenlendiği iddialarını yalanladı.", {"Halep": CITY}, "attack", "denied",
     {"at Halep"}, None),
    ("tr", "Bakan gelecek hafta Bağdat'ı ziyaret edecek.", {"Bağdat": CITY}, "visit", "planned", {"at Bağdat"}, None),
    ("tr", "Polis Minsk'te 120 kişiyi gözaltına almadı.", {"Minsk": CITY}, "arrest", "denied", {"at Minsk"}, None),
    ("tr", "Rusya saldırırsa Polonya karşılık verecek.", {"Polonya": COUNTRY}, "attack", "conditional", set(), None),
    ("tr", "Binlerce kişi Hartum'dan Kahire'ye kaçtı.", {"Hartum": CITY, "Kahire": CITY}, "flee", "happened",
     {"from Hartum", "to Kahire"}, None),
    ("tr", "Uzmanlar İzmir'de büyük bir deprem bekliyor.", {"İzmir": CITY}, "earthquake", "predicted",
     {"at İzmir"}, None),
    # Arabic: clitics before nouns and names, the verb first.
    ("ar", "سقطت ود مدني يوم السبت في يد المتمردين.", {"ود مدني": CITY}, "seize", "happened", {"at ود مدني"}, 6),
    ("ar", "وتظاهر آلاف الأشخاص ببغداد أمس.", {"بغداد": CITY}, "protest", "happened", {"at بغداد"}, 7),
    ("ar", "نفت الحكومة أنها قصفت مدينة حلب.", {"حلب": CITY}, "shell", "denied", {"at حلب"}, None),
    ("ar", "إذا هاجم العدو بيروت فسنرد.", {"بيروت": CITY}, "attack", "conditional", {"at بيروت"}, None),
    ("ar", "سيزور وزير الخارجية المصري أنقرة الأسبوع المقبل.", {"أنقرة": CITY}, "visit", "planned", {"at أنقرة"}, None),
    ("ar", "لم ينسحب الجيش من حمص.", {"حمص": CITY}, "withdraw", "denied", {"from حمص"}, None),
    ("ar", "نزح الآلاف من الفاشر إلى سنار والقضارف.", {"الفاشر": CITY, "سنار": CITY, "القضارف": CITY}, "flee",
     "happened", {"from الفاشر", "to سنار", "to القضارف"}, None),
    ("ar", "طالبت فرنسا بوقف إطلاق النار في غزة.", {"غزة": CITY}, "request", "happened", {"about غزة"}, None),
    # Chinese: no spaces, the place before the verb.
    ("zh", "数千民众星期六在巴黎走上街头。", {"巴黎": CITY}, "protest", "happened", {"at 巴黎"}, 6),
    ("zh", "国防部否认空袭阿勒颇。", {"阿勒颇": CITY}, "airstrike", "denied", {"at 阿勒颇"}, None),
    ("zh", "外长将于下周访问德黑兰。", {"德黑兰": CITY}, "visit", "planned", {"at 德黑兰"}, None),
    ("zh", "如果叛军进攻基辅，将军说，军队将反击。", {"基辅": CITY}, "attack", "conditional", {"at 基辅"}, None),
    ("zh", "超过30万人从喀土穆逃往开罗。", {"喀土穆": CITY, "开罗": CITY}, "flee", "happened",
     {"from 喀土穆", "to 开罗"}, None),
    ("zh", "军队没有袭击大马士革。", {"大马士革": CITY}, "attack", "denied", {"at 大马士革"}, None),
    ("zh", "下一届峰会将于2025年在阿斯塔纳举行。", {"阿斯塔纳": CITY}, "meet", "planned", {"at 阿斯塔纳"}, None),
    ("zh", "客机在博卡拉附近坠毁。", {"博卡拉": CITY}, "aircrash", "happened", {"near 博卡拉"}, None),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[3]}-{case[4]}")
def test_sentences(case):
    language, text, names, mode, modality, places, day = case
    event, found = told(understood(text, language, names), mode)
    assert event.modality == modality
    assert {f"{role} {name}" for role, name in found} == places
    if day:
        assert (event.time.earliest, event.time.latest) == (dt.date(2024, 4, day),) * 2


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ru", "вечером 5 апреля", "2024-04-05TEV"),
        ("ru", "в субботу", "2024-04-06"),
        ("ru", "в декабре 2023 года", "2023-12"),
        ("ru", "в 2020-х годах", "202"),
        ("ru", "две недели назад", "2024-W13"),
        ("ru", "через три дня", "2024-04-11"),
        ("ru", "08.04.2024", "2024-04-08"),
        ("tr", "6 Şubat 2023", "2023-02-06"),
        ("tr", "13 Nisan'a kadar kapatıldı", "2024-04-13"),
        ("tr", "iki gün önce", "2024-04-06"),
        ("tr", "geçen hafta", "2024-W14"),
        ("tr", "dün gece", "2024-04-07TNI"),
        ("tr", "Saat 04.17'de", "2024-04-08T04:17"),
        ("ar", "19 ديسمبر 2023", "2023-12-19"),
        ("ar", "في ١٢ تشرين الأول/أكتوبر ٢٠٢٣", "2023-10-12"),
        ("ar", "الأسبوع الماضي", "2024-W14"),
        ("ar", "قبل ثلاثة أيام", "2024-04-05"),
        ("ar", "مساء السبت", "2024-04-06TEV"),
        ("zh", "2023年5月18日", "2023-05-18"),
        ("zh", "上周五", "2024-04-05"),
        ("zh", "３月５日晚", "2024-03-05TEV"),
        ("zh", "三天前", "2024-04-05"),
        ("zh", "去年12月", "2023-12"),
        ("zh", "法新社6日电", "2024-04-06"),
        ("zh", "2025年在哈萨克斯坦", "2025"),
    ],
)
def test_dates(language, text, value):
    (date,) = find_dates(Record(Article(text, language=language, date=PUBLISHED))).dates
    assert date.value == value


@pytest.mark.parametrize("language", LANGUAGES)
def test_durations_are_no_dates(language):
    text = {"ru": "двадцать лет", "tr": "yedi gün", "ar": "أربعة أيام", "zh": "两天"}[language]
    (date,) = find_dates(Record(Article(text, language=language, date=PUBLISHED))).dates
    assert date.type == "DURATION"


@pytest.mark.parametrize(
    ("language", "text", "low", "best"),
    [
        ("ru", "Погибли не менее пяти человек.", 5, 5),
        ("ru", "Эвакуированы более шести тысяч человек.", 6000, 6000),
        ("tr", "Depremde en az 1.500 kişi öldü.", 1500, 1500),
        ("ar", "نزح نحو ٣٠٠ ألف شخص.", 300_000, 300_000),
        ("zh", "超过30万人逃离。", 300_000, 300_000),
    ],
)
def test_quantities(language, text, low, best):
    quantities = [quantity for event in understood(text, language, {}).events for quantity in event.quantities]
    assert [(quantity.low, quantity.best) for quantity in quantities] == [(low, best)]


def test_a_plain_word_is_no_trigger_inside_another():
    assert not understood("将军现在从事和平工作。", "zh", {}).events
    assert not understood("قال مستشفى الدعم السريع إنه مفتوح.", "ar", {}).events


def test_a_dateline_is_no_place_of_an_event():
    event, places = told(understood("西安4月8日电 示威者在兰州集会。", "zh", {"西安": CITY, "兰州": CITY}), "protest")
    assert places == {(Role.AT, "兰州")}
    assert event.time.latest == PUBLISHED


def test_words_without_spaces_are_cut_at_names():
    text = "在中国将军说"
    tokens = segmented(tokenise(text), Spelling("zh", ["将", "在中", "说"]), [(1, 3)], text)
    assert [token.text for token in tokens] == ["在", "中国", "将军", "说"]


@pytest.mark.parametrize(
    ("language", "word", "stem"),
    [
        ("ru", "наводнениями", "наводнени"),
        ("tr", "saldırılarında", "saldırı"),
        ("tr", "görüşecekler", "görüş"),
        ("ar", "وبالهجوم", "هجوم"),
        ("ar", "قواتها", "قوات"),
    ],
)
def test_stems(language, word, stem):
    spelling = Spelling(language, ["наводнени", "saldırı", "görüş", "هجوم", "قوات"])
    assert spelling.stem(spelling.fold(word)) == stem


@pytest.mark.parametrize("language", LANGUAGES)
def test_packs_are_deep_and_name_known_modes(language):
    pack = load(language, EventPack)
    assert set(pack.triggers) <= set(modes())
    words = [*(words.active + words.passive + words.nouns + words.roots for words in pack.triggers.values())]
    assert sum(map(len, words)) >= 250
    kinds = {"negation", "denial", "conditional", "future", "plan", "request", "threat", "forecast", "report"}
    assert kinds <= set(pack.cues)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["ة" * 200_000, "将" * 200_000, "a" * 200_000, "не " * 60_000, "\u0301" * 100_000])
def test_hostile_text_takes_linear_time(language, text):
    began = time.process_time()
    understood(text, language, {})
    assert time.process_time() - began < 5
