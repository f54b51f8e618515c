from __future__ import annotations

import dataclasses
import datetime as dt
import time

import pytest

from geomap.events.dates import find_dates
from geomap.events.extract import event_places, extract_events
from geomap.pipeline import Pipeline
from geomap.record import ActorKind, Article, Draw, EventType, Modality, Role, Span

PUBLISHED = dt.date(2021, 7, 8)  # a Thursday


def linked(event, role=None):
    return [place.place_id for place in event.places if role is None or place.role is role]


# --- modality ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "modality", "draw"),
    [
        ("Taliban menyerang Kunduz pada Rabu.", "id", Modality.HAPPENED, Draw.SOLID),
        ("Taliban tidak menyerang Kunduz.", "id", Modality.DENIED, Draw.OFF),
        ("Jika Taliban menyerang Kunduz, warga pergi.", "id", Modality.CONDITIONAL, Draw.OFF),
        ("Taliban akan menyerang Kunduz.", "id", Modality.PLANNED, Draw.LIGHT),
        ("Taliban mengancam akan menyerang Kunduz.", "id", Modality.THREATENED, Draw.LIGHT),
        ("Taliban sedang menyerang Kunduz.", "id", Modality.ONGOING, Draw.SOLID),
        ("Ditanya apakah Taliban akan menyerang Kunduz, ia diam.", "id", Modality.CONDITIONAL, Draw.OFF),
        ("The Taliban attacked Kunduz on Wednesday.", "en", Modality.HAPPENED, Draw.SOLID),
        ("The Taliban did not attack Kunduz.", "en", Modality.DENIED, Draw.OFF),
        ("If the Taliban attack Kunduz, people will flee.", "en", Modality.CONDITIONAL, Draw.OFF),
        ("The Taliban plan to attack Kunduz.", "en", Modality.PLANNED, Draw.LIGHT),
        ("The Taliban threatened to attack Kunduz.", "en", Modality.THREATENED, Draw.LIGHT),
        ("Officials denied that the Taliban attacked Kunduz.", "en", Modality.DENIED, Draw.OFF),
    ],
)
def test_modality_and_drawing(event, text, language, modality, draw):
    found = event(text, "attack", language)
    assert (found.modality, found.draw) == (modality, draw)
    assert found.polarity is (modality is not Modality.DENIED)
    assert linked(found) == ["city:Kunduz"]


def test_a_forecast_is_not_drawn(event):
    found = event("Pejabat memprediksi keruntuhan pemerintah Afghanistan.", "fall")
    assert (found.type, found.modality, found.draw) == (EventType.FORECAST, Modality.PREDICTED, Draw.OFF)
    assert linked(found) == ["country:AF"]


def test_what_is_given_as_a_cause_stands_fast(event):
    text = "Ancaman terorisme di Afghanistan akan tumbuh akibat penarikan pasukan dari Kabul."
    assert event(text, "threat").modality is Modality.PREDICTED
    assert event(text, "withdraw").modality is Modality.HAPPENED


def test_old_events_are_background(event):
    found = event("Pada 2013 Taliban menyerang Kunduz.", "attack")
    assert (found.modality, found.draw) == (Modality.BACKGROUND, Draw.OFF)


def test_what_is_promised_is_still_to_come(event):
    found = event("Pemerintah menjanjikan rumah di Kunduz.", "promise")
    assert (found.type, found.modality) == (EventType.AGREE, Modality.PLANNED)


def test_a_promise_of_aid_is_an_agreement(event):
    assert event("Rusia akan mengirim bantuan ke Tajikistan.", "aid").type is EventType.AGREE
    assert event("Rusia mengirim bantuan ke Tajikistan.", "aid").type is EventType.AID


def test_a_noun_in_a_forecast_is_part_of_it(event):
    found = event(
        "The government in Kabul may fall within six months of the departure of Russian troops.", "withdraw", "en"
    )
    assert (found.modality, found.draw) == (Modality.PREDICTED, Draw.OFF)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("If the level keeps falling, the lake could run dry.", "en"),
        ("Bila hujan turun di puncak, kekeringan dapat melanda Kunduz.", "id"),
    ],
)
def test_what_follows_from_a_condition_is_conditional(event, text, language):
    found = event(text, "drought", language)
    assert (found.type, found.modality, found.draw) == (EventType.FORECAST, Modality.CONDITIONAL, Draw.OFF)


def test_a_cue_that_is_a_name_says_nothing(event):
    found = event("Badan itu menetapkan status Waspada dan menyerang Kunduz.", "attack")
    assert found.modality is Modality.HAPPENED


def test_a_building_that_collapses_in_a_disaster_is_part_of_it(events):
    record = events("Gempa mengguncang Kabul. Rumah-rumah roboh di Kunduz.")
    assert {e.type for e in record.events} == {EventType.DISASTER}


def test_a_standing_ban_is_a_state(event):
    found = event("Rusia masih melarang Taliban.", "ban")
    assert (found.type, found.modality) == (EventType.STATE, Modality.BACKGROUND)


def test_what_is_ruled_out_is_one_event(events):
    record = events("He ruled out sending Russian troops to Afghanistan.", "en")
    assert [(e.mode, e.modality) for e in record.events] == [("deploy", Modality.DENIED)]


def test_names_and_dates_hold_no_events(events):
    assert events("Members of the Collective Security Treaty Organization live here.", "en").events == ()
    assert events("They arrived here in March 2018.", "en").events == ()


# --- who says so ------------------------------------------------------------------------------------------------------


def test_a_report_verb_gives_the_source_and_lowers_certainty(event):
    found = event("Pejabat Rusia mengatakan bahwa Taliban menyerang Kunduz.", "attack")
    assert [source.source for source in found.attribution] == ["Pejabat Rusia"]
    assert found.certainty == "PR+"
    assert found.modality is Modality.HAPPENED


def test_a_speaker_may_follow(event):
    found = event("“Taliban menyerang Kunduz,” kata Sergei Lavrov.", "attack")
    assert (found.attribution[0].source, found.attribution[0].quote) == ("Sergei Lavrov", True)


def test_an_unclosed_quotation_does_not_swallow_the_article(events):
    text = "“Taliban menyerang Kunduz. " + "Mereka pergi. " * 5 + "Gempa mengguncang Kabul."
    assert [e.attribution for e in events(text).events] == [(), ()]


# --- actors -----------------------------------------------------------------------------------------------------------


def test_a_country_beside_a_force_is_its_home_and_no_place(event):
    for text, language in (
        ("Tentara Rusia menyerang warga.", "id"),
        ("Russian troops attacked villagers.", "en"),
    ):
        found = event(text, "attack", language)
        assert linked(found) == []
        assert (found.actors[0].country, found.actors[0].kind) == ("RU", ActorKind.MILITARY)


def test_a_country_as_subject_acts(event):
    found = event("Rusia menyerang Kunduz.", "attack")
    assert linked(found) == ["city:Kunduz"]
    assert found.actors[0].country == "RU"


def test_the_passive_swaps_the_roles(event):
    found = event("Warga sipil dibunuh oleh militan di Kunduz.", "kill")
    assert [actor.kind for actor in found.actors] == [ActorKind.REBEL]
    assert [actor.kind for actor in found.recipients] == [ActorKind.CIVILIAN]


def test_who_stands_behind_a_noun_may_suffer(event):
    found = event("The killing of civilians went on.", "kill", "en")
    assert (found.actors, [actor.kind for actor in found.recipients]) == ((), [ActorKind.CIVILIAN])
    found = event("The withdrawal of soldiers went on.", "withdraw", "en")
    assert ([actor.kind for actor in found.actors], found.recipients) == ([ActorKind.MILITARY], ())


# --- places -----------------------------------------------------------------------------------------------------------


def test_one_flees_from_and_to(event):
    found = event("Ribuan warga mengungsi dari Kunduz ke Kabul.", "flee")
    assert (linked(found, Role.FROM), linked(found, Role.TO)) == (["city:Kunduz"], ["city:Kabul"])


def test_one_speaks_in_a_place_about_another(event):
    found = event("Menteri itu meminta bantuan untuk Tajikistan.", "request")
    assert linked(found, Role.ABOUT) == ["country:TJ"]
    assert found.draw is Draw.LIGHT


def test_one_moves_along_a_border_and_a_river(event):
    found = event("Keadaan di sepanjang perbatasan Tajik-Afghanistan memburuk.", "worsen")
    assert linked(found, Role.ALONG) == ["border:perbatasan Tajik-Afghanistan"]
    assert linked(event("Militan menancapkan bendera di jembatan di atas Sungai Panj.", "plant-flag")) == [
        "river:Sungai Panj"
    ]


def test_a_list_gives_all_its_places(event):
    found = event("Banjir melanda wilayah Demak dan Kudus.", "flood")
    assert linked(found) == ["admin2:Demak", "admin2:Kudus"]


def test_what_only_holds_the_place_is_left_out(event):
    found = event("Ledakan terjadi di Kunduz, Afghanistan.", "explosion")
    assert linked(found) == ["city:Kunduz"]


def test_a_place_may_follow_what_holds_it(event):
    found = event("A bomb exploded in Afghanistan's Kunduz on Monday.", "bomb", "en")
    assert linked(found) == ["city:Kunduz"]


def test_a_dateline_is_no_place_of_the_event(events):
    for text in ("JAKARTA", "Jakarta"):
        record = events(f"{text.title()} - Gempa terjadi pagi ini. Banyak rumah roboh.")
        assert event_places(record) == ()


def test_that_country_is_the_one_named_before(events):
    record = events("Taliban bergerak di Afghanistan. Ledakan terjadi di negara itu.")
    found = next(e for e in record.events if e.mode == "explosion")
    assert [(p.place_id, p.link) for p in found.places] == [("country:AF", "coreference")]


def test_a_noun_that_refers_back_keeps_the_place(events):
    record = events("Rusia menarik pasukan dari Kabul. Penarikan itu selesai, kata pejabat Rusia.")
    withdrawals = [e for e in record.events if e.mode == "withdraw"]
    assert {p.place_id for e in withdrawals for p in e.places} == {"city:Kabul"}
    assert len({e.cluster for e in withdrawals}) == 1


def test_a_renamed_place_moves(event):
    for name in ("Kunduz", "Herat", "Kabul"):
        assert linked(event(f"Taliban merebut {name} pada Rabu.", "seize")) == [f"city:{name}"]


def test_where_an_office_is_nothing_need_happen(event):
    for text in ("Officials in Moscow warned of an attack on Kunduz.", "The Government in Moscow banned the Taliban."):
        assert all(
            "Moscow" not in place
            for e in [event(text, "attack" if "attack" in text else "ban", "en")]
            for place in linked(e)
        )
    assert linked(event("Pejabat di Moskow melarang Taliban.", "ban")) == []
    assert linked(event("The government in Kabul may fall.", "fall", "en")) == ["city:Kabul"]
    assert linked(event("The governor met farmers in Kunduz.", "meet", "en")) == ["city:Kunduz"]


def test_a_local_official_speaks_about_the_own_town(event):
    assert linked(event("Bupati Kudus Ahmad Karim meminta tenda.", "request"), Role.ABOUT) == ["admin2:Kudus"]
    assert linked(event("Menteri Rusia meminta tenda.", "request")) == []


def test_the_home_of_an_official_is_no_place(event):
    assert linked(event("President Karim Rahmon of Tajikistan proposed an inquiry.", "request", "en")) == []


def test_there_is_where_something_was_last_said_to_be(event):
    text = "He ruled out sending troops to Afghanistan. He blamed others for the collapse of security there."
    assert linked(event(text, "fall", "en")) == ["country:AF"]


def test_there_is_no_place_where_it_only_opens_a_sentence(events):
    record = events("Rebels met in Kabul. There is an agreement.", "en")
    assert [linked(e) for e in record.events if e.mode == "agree"] == [[]]


def test_a_place_belongs_to_the_verb_of_its_clause(events):
    record = events(
        "Lecturing in Moscow, he assured Tajikistan that the alliance would respond if it were attacked.", "en"
    )
    attack = next(e for e in record.events if e.mode == "attack")
    assert (linked(attack), attack.modality) == (["country:TJ"], Modality.CONDITIONAL)


def test_what_bursts_is_where_it_bursts(event):
    text = "The Kakhovka dam burst before dawn and drowned one of the largest fields in Europe."
    assert linked(event(text, "flood", "en")) == ["dam:Kakhovka dam"]


def test_a_place_after_a_dateline_opens_the_sentence(event):
    text = "Moscow, 8 July 2021 – In Kunduz, on a hill that nobody has named, the Taliban flag was flying."
    assert linked(event(text, "plant-flag", "en")) == ["city:Kunduz"]


def test_a_capital_where_a_date_is_set_is_not_left(events):
    record = events(
        "Rusia menarik pasukan dari Kabul. Di Moskow, presiden menyebut tanggal bagi kepulangan pasukan Rusia."
    )
    assert {place for e in record.events if e.mode == "withdraw" for place in linked(e)} == {"city:Kabul"}


def test_what_a_disaster_brings_happened_where_it_did(events):
    record = events("Gunung Semeru meletus pada Sabtu. Sepuluh penambang akhirnya dievakuasi.")
    moved = next(e for e in record.events if e.mode == "evacuate")
    assert [(p.place_id, p.link) for p in moved.places] == [("mountain:Gunung Semeru", "inferred")]


def test_a_verb_of_speech_takes_no_place_of_another_sentence(events):
    record = events("Rebels met in Kabul. The minister rejected the accusation.", "en")
    assert [linked(e) for e in record.events if e.type is EventType.REJECT] == [[]]


# --- time -------------------------------------------------------------------------------------------------------------


def test_the_date_beside_the_report_verb_is_the_statements(event):
    found = event("Pejabat Rusia mengatakan bulan lalu bahwa perbatasan Tajik-Afghanistan dikuasai Taliban.", "seize")
    assert (found.time.source, found.time.latest) == ("statement", dt.date(2021, 6, 30))


def test_this_week_ends_today_for_what_has_happened(event):
    found = event("Taliban merebut Kunduz minggu ini.", "seize")
    assert (found.time.earliest, found.time.latest) == (dt.date(2021, 7, 5), PUBLISHED)


def test_without_a_date_an_event_is_no_later_than_the_article(event):
    found = event("Taliban merebut Kunduz.", "seize")
    assert (found.time.earliest, found.time.latest, found.time.source) == (None, PUBLISHED, "inherited")


def test_events_shift_with_publication(events):
    text = "Taliban merebut Kunduz pada Rabu. Gempa mengguncang Kabul kemarin."
    before, after = events(text).events, events(text, date=PUBLISHED + dt.timedelta(days=7)).events
    assert [(b.time.earliest + dt.timedelta(days=7), b.mode) for b in before] == [
        (a.time.earliest, a.mode) for a in after
    ]


@pytest.mark.parametrize(
    ("text", "language", "mode"),
    [
        ("Water rose on Wednesday, a day after the dam burst.", "en", "flood"),
        ("Rabu (7/7) warga pulang, sehari setelah gunung itu meletus.", "id", "eruption"),
    ],
)
def test_a_day_after_is_counted_from_the_day_named_before(events, text, language, mode):
    found = [e for e in events(text, language).events if e.mode == mode][-1]
    assert (found.time.earliest, found.time.latest) == (dt.date(2021, 7, 6), dt.date(2021, 7, 6))


# --- quantities, merging, the whole -----------------------------------------------------------------------------------


def test_numbers_follow_the_language(event):
    found = event("Lebih dari 1.000 tentara melarikan diri ke Tajikistan.", "flee")
    (number,) = found.quantities
    assert (number.what, number.low, number.best, number.high) == ("soldiers", 1000, 1000, None)
    found = event("Up to 6,000 soldiers fled to Tajikistan.", "flee", "en")
    assert (found.quantities[0].low, found.quantities[0].high) == (None, 6000)


def test_dates_and_names_hold_no_quantities(event):
    found = event("Tanggal 14 Juni 2014 pesawat Il-76 jatuh di Kunduz.", "aircrash")
    assert found.quantities == ()


def test_repeats_do_not_inflate(events):
    record = events("Gempa mengguncang Kabul pada Rabu. Gempa itu terjadi Rabu. Akibat gempa itu warga pergi.")
    assert [e.mode for e in record.events] == ["earthquake"]


def test_a_suicide_bomber_who_kills_is_one_event(events):
    record = events("A suicide bomber killed 12 people in Kabul on Wednesday.", "en")
    (found,) = record.events
    assert (found.mode, found.acled_subtype, linked(found)) == ("suicide-attack", "Suicide bomb", ["city:Kabul"])


def test_who_takes_a_town_decides_the_subtype(event):
    rebels = event("Taliban militants captured Kunduz.", "seize", "en")
    army = event("The army captured Kunduz.", "seize", "en")
    assert rebels.acled_subtype == "Non-state actor overtakes territory"
    assert army.acled_subtype == "Government regains territory"


def test_given_triggers_are_linked_as_given(events):
    text = "Something happened in Kabul while others waited in Herat."
    record = events(text, "en", triggers=[Span(10, 18), Span(41, 47)])
    assert [(e.trigger, linked(e)) for e in record.events] == [
        (Span(10, 18), ["city:Kabul"]),
        (Span(41, 47), ["city:Herat"]),
    ]


@pytest.mark.parametrize(
    ("text", "mode", "language", "modality"),
    [
        ("Rebels threatened to attack Kabul.", "threaten", "en", Modality.THREATENED),
        ("The talks in Kabul may collapse if the attack goes on.", "fall", "en", Modality.CONDITIONAL),
        ("The sides announced talks in Kabul.", "talk", "en", Modality.PLANNED),
        ("The army ruled out, for now, sending troops to Kabul.", "deploy", "en", Modality.DENIED),
        ("Die Armee eroberte Kabul nicht.", "seize", "de", Modality.DENIED),
        ("Wenn der Fluss steigt, schließen die Behörden den Hafen von Kabul.", "restrict", "de", Modality.CONDITIONAL),
        ("El gobierno negó que hubiera muertes en Kabul.", "casualty", "es", Modality.DENIED),
        ("Zirve Kabul'da düzenlenecek.", "meet", "tr", Modality.PLANNED),
        ("Zirve Kabul'da düzenlendi.", "meet", "tr", Modality.HAPPENED),
    ],
)
def test_how_other_sentences_present_an_event(event, text, mode, language, modality):
    assert event(text, mode, language).modality is modality


@pytest.mark.parametrize(
    ("text", "mode", "language", "places"),
    [
        ("Es gab Proteste in Kabul und in Herat.", "protest", "de", {"Kabul", "Herat"}),
        ("Die Kräne stehen still: In Herat wird seit Montag gestreikt.", "strike-labour", "de", {"Herat"}),
        ("L'armée, qui a une base à Herat, a attaqué Kabul.", "attack", "fr", {"Kabul"}),
        ("Teröristler, zirvenin ardından Kabul'a saldırdı.", "meet", "tr", set()),
        ("Un tremblement de terre a frappé Kabul.", "earthquake", "fr", {"Kabul"}),
    ],
)
def test_places_of_other_sentences(events, text, mode, language, places):
    record = events(text, language)
    names = {place.id: place.name for place in record.places}
    found = [event for event in record.events if event.mode == mode]
    assert {names[link.place_id] for event in found for link in event.places} == places
    assert not [event for event in record.events if mode == "earthquake" and event.mode == "attack"]


def test_a_reaction_is_about_the_country_of_the_story(events):
    record = events("Rebels attacked Kabul in Afghanistan. France asked all sides for restraint.", "en")
    asked = next(event for event in record.events if event.mode == "request")
    (link,) = asked.places
    assert (link.place_id, link.role, link.link, asked.draw) == ("country:AF", Role.ABOUT, "inferred", Draw.LIGHT)


def test_who_is_dispersed_was_where_they_gathered(events):
    record = events("A crowd attacked the embassy in Kabul. The police dispersed it.", "en")
    dispersed = next(event for event in record.events if event.mode == "disperse")
    assert [link.link for link in dispersed.places] == ["inferred"]


@pytest.mark.parametrize(
    ("text", "mode", "language", "days"),
    [
        # published on Thursday 8 July 2021
        ("El ministro visitará Kabul el martes.", "visit", "es", (dt.date(2021, 7, 13), dt.date(2021, 7, 13))),
        ("El ministro visitó Kabul el martes.", "visit", "es", (dt.date(2021, 7, 6), dt.date(2021, 7, 6))),
        ("Seit Montag wird in Kabul gestreikt.", "strike-labour", "de", (dt.date(2021, 7, 5), PUBLISHED)),
        (
            "Herat, donde los rebeldes mataron a diez civiles en mayo de 2020, bloqueó Kabul.",
            "restrict",
            "es",
            (None, PUBLISHED),
        ),
    ],
)
def test_days_that_only_the_verb_tells(event, text, mode, language, days):
    time_ = event(text, mode, language).time
    assert (time_.earliest, time_.latest) == days


def test_the_lead_is_the_main_event(events):
    record = events("Tajikistan meminta bantuan saat Taliban merebut Kunduz. Gempa mengguncang Kabul pada 2010.")
    assert record.main_event == "e1"
    assert record.events[0].mode == "request"


def test_titles_are_short_and_in_the_articles_words(events):
    text = "Ketika Taliban merebut Kunduz, " + "warga yang ketakutan berlari ke semua arah " * 8 + "."
    for event in events(text).events:
        assert len(event.title) <= 95
        assert event.title.rstrip(" …").lower()[:20] in text.lower()
        assert not event.title.startswith("Ketika")
        assert event.evidence.start <= event.trigger.start < event.trigger.end <= event.evidence.end


@pytest.mark.parametrize(
    ("text", "language", "mode", "title"),
    [
        (
            "Bagram, for years the largest base, was vacated on 2 July.",
            "en",
            "withdraw",
            "Bagram, for years the largest base, was vacated on 2 July",
        ),
        (
            "The alliance said that it would respond at once if it were attacked.",
            "en",
            "attack",
            "It would respond at once if it were attacked",
        ),
        (
            "Sergei Lavrov came. He ruled out sending troops to Kabul, a city where he once lived.",
            "en",
            "deploy",
            "Lavrov ruled out sending troops to Kabul",
        ),
        (
            "Since Monday some men have fled to Kabul, and others wait.",
            "en",
            "flee",
            "Since Monday some men have fled to Kabul",
        ),
        (
            "Its envoy to the alliance, Hasan Sultonov, appeared before the Council on Wednesday and asked for help.",
            "en",
            "request",
            "Its envoy … asked for help",
        ),
        (
            "Pejabat mengatakan bahwa Taliban merebut Kunduz, yang terletak di utara.",
            "id",
            "seize",
            "Taliban merebut Kunduz",
        ),
        (
            "Badan itu (disingkat BN) tidak menyerang Kunduz.",
            "id",
            "attack",
            "Badan itu (disingkat BN) tidak menyerang Kunduz",
        ),
    ],
)
def test_titles_begin_with_the_subject_and_end_with_the_clause(event, text, language, mode, title):
    assert event(text, mode, language).title == title


@pytest.mark.parametrize("text", ["", " ", "\n\n", "...", "“", "123", "Kabul", "😀 " * 20])
def test_empty_and_odd_texts(events, text):
    record = events(text)
    assert record.main_event == (record.events[0].id if record.events else "")


def test_a_language_without_a_pack_has_no_events(events):
    assert events("Die Rebellen griffen Kabul an.", "xx").events == ()


def test_without_publication_events_are_found(event):
    found = event("Taliban merebut Kunduz kemarin.", "seize", date=None)
    assert (found.time.earliest, found.time.latest) == (None, None)


@pytest.mark.parametrize("sentence", ["Rebels attacked Kabul on Monday. ", "rebels attacked Kabul and killed 12 men "])
def test_a_thousand_events_take_linear_time(make_record, sentence):
    def seconds(times):
        record = find_dates(make_record(sentence * times, "en"))
        start = time.process_time()
        assert extract_events(record).events
        return time.process_time() - start

    assert seconds(1000) < 16 * max(seconds(250), 0.02)


def test_the_stage_adds_only_its_own_part(make_record):
    record = find_dates(make_record("Taliban merebut Kunduz pada Rabu.", "id"))
    assert dataclasses.replace(extract_events(record), events=(), main_event="") == record


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Iran threatened Israel with an attack on Haifa."),
        ("en", "The union threatened further strikes in Hamburg."),
        ("de", "Die Gewerkschaft drohte mit weiteren Streiks in Hamburg, falls kein Angebot kommt."),
        ("es", "El sindicato amenazó con nuevas huelgas en Madrid."),
        ("pt", "O sindicato ameaçou com novas greves em Lisboa."),
        ("ru", "Профсоюз пригрозил новыми забастовками в Гамбурге."),
    ],
)
def test_what_is_threatened_has_not_happened(language, text):
    record = Pipeline().run(Article(text, "a", date=dt.date(2025, 2, 3), language=language))
    assert record.events
    assert {event.draw for event in record.events} <= {Draw.LIGHT, Draw.OFF}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Iran threatened Israel after an attack on Natanz."),
        ("de", "Iran drohte nach dem Angriff in Teheran."),
        ("es", "Irán amenazó a Israel tras el ataque en Teherán."),
    ],
)
def test_what_a_threat_answers_has_happened(language, text):
    record = Pipeline().run(Article(text, "a", date=dt.date(2025, 2, 3), language=language))
    assert Modality.HAPPENED in {event.modality for event in record.events if event.mode == "attack"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The group cancelled a protest in Oslo."),
        ("en", "Rumours of a coup in Niamey were false."),
        ("es", "El sindicato desconvocó la huelga en Sevilla."),
        ("fr", "Le syndicat a annulé la grève à Lyon."),
        ("pt", "O sindicato cancelou a greve em Lisboa."),
        ("id", "Serikat buruh membatalkan aksi unjuk rasa di Jakarta."),
    ],
)
def test_what_is_called_off_has_not_happened(language, text):
    record = Pipeline().run(Article(text, "a", date=dt.date(2025, 2, 3), language=language))
    assert record.events
    assert {event.draw for event in record.events} == {Draw.OFF}


def test_what_makes_somebody_call_off_has_happened():
    text = "The airline cancelled flights after an attack in Kabul."
    record = Pipeline().run(Article(text, "a", date=dt.date(2025, 2, 3), language="en"))
    assert [event.modality for event in record.events if event.mode == "attack"] == [Modality.HAPPENED]
