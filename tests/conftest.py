"""What many tests share: a made-up article with every kind of thing in its record."""

from __future__ import annotations

import datetime as dt
import os
import shutil

import pytest
import shapely

from geomap.record import (
    Actor,
    ActorKind,
    Article,
    Attribution,
    Candidate,
    DateExpression,
    Draw,
    Event,
    EventPlace,
    EventTime,
    EventType,
    Mention,
    MentionKind,
    Modality,
    Place,
    PlaceKind,
    Precision,
    Quad,
    Quantity,
    Record,
    Role,
    Span,
)
from geomap.text.sentences import split
from geomap.text.tokens import tokenise

TEXT = (
    "Fighters seize a bridge over the Panj\n"
    "Some 300 fighters took a bridge over the Panj on Thursday, the agency said. "
    "Dushanbe may close the border next week. That country has lost a third of it. Nobody knows Qwertystan."
)


@pytest.fixture(scope="session", autouse=True)
def no_places_of_ones_own(tmp_path_factory: pytest.TempPathFactory):
    """Keep what the person at this machine has added to the gazetteer out of every test, and the tests out of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GEOMAP_OVERLAY", str(tmp_path_factory.mktemp("overlay") / "none.sqlite"))
        yield


def span(text: str) -> tuple[int, int]:
    start = TEXT.index(text)
    return start, start + len(text)


@pytest.fixture
def record() -> Record:
    """A record with a point, a line, an area and a described place; a dated, a planned and a placeless event."""
    panj, last_panj = TEXT.index("Panj"), TEXT.rindex("Panj")
    river = Place(
        id="river:panj",
        name="Panj",
        kind=PlaceKind.RIVER,
        country="TJ",
        lat=37.6,
        lon=70.1,
        precision=Precision.LINE,
        radius_km=300.0,
        geometry_type="line",
        geometry=shapely.to_wkb(shapely.LineString([(68.0, 37.0), (70.1, 37.6), (71.5, 37.9)])),
        source="Natural Earth",
    )
    city = Place(
        id="gn:1221874",
        name="Dushanbe",
        kind=PlaceKind.CITY,
        country="TJ",
        lat=38.53575,
        lon=68.77905,
        precision=Precision.TOWN,
        radius_km=10.0,
        geonameid=1221874,
        population=679_400,
        parents=("country:TJ",),
        source="GeoNames",
    )
    country = Place(
        id="country:TJ",
        name="Tajikistan",
        kind=PlaceKind.COUNTRY,
        country="TJ",
        lat=39.0,
        lon=71.0,
        precision=Precision.COUNTRY,
        radius_km=350.0,
        geometry_type="polygon",
        geometry=shapely.to_wkb(shapely.box(67.3, 36.7, 75.2, 41.0)),
        geonameid=1220409,
    )
    described = Place(
        id="described:1",
        name="north of the Panj",
        kind=PlaceKind.DESCRIBED,
        country="TJ",
        lat=38.0,
        lon=70.0,
        precision=Precision.VAGUE,
        radius_km=80.0,
        geometry_type="polygon",
        geometry=shapely.to_wkb(shapely.box(69.0, 37.5, 71.0, 38.5)),
        parents=("river:panj",),
        relation="north of",
    )
    candidates = (
        Candidate("gn:1221874", 7, "Dushanbe", PlaceKind.CITY, "TJ", 38.5, 68.8, 0.9, (("population", 0.8),)),
        Candidate("gn:1", 8, "Dushanbe", PlaceKind.CITY, "AF", 33.0, 66.0, 0.1),
    )
    mentions = (
        Mention(panj, panj + 4, "Panj", name="Panj", place_id="river:panj", confidence=0.9),
        Mention(
            last_panj,
            last_panj + 4,
            "Panj",
            name="Panj",
            wanted=(PlaceKind.RIVER,),
            place_id="river:panj",
            confidence=0.9,
        ),
        Mention(
            *span("Dushanbe"),
            "Dushanbe",
            MentionKind.METONYM,
            "Dushanbe",
            candidates=candidates,
            place_id="gn:1221874",
            confidence=0.8,
        ),
        Mention(*span("That country"), "That country", MentionKind.REFERENCE, place_id="country:TJ", confidence=0.6),
        Mention(*span("a third of it"), "a third of it", MentionKind.REFERENCE, place_id="described:1", confidence=0.5),
        Mention(*span("Qwertystan"), "Qwertystan", name="Qwertystan"),
    )
    thursday = dt.date(2021, 7, 8)
    took = Event(
        id="e1",
        type=EventType.ASSAULT,
        trigger=Span(*span("took")),
        evidence=Span(*span("Some 300 fighters took a bridge over the Panj on Thursday")),
        title="Fighters took a bridge",
        mode="seize",
        cameo_root="19",
        quad=Quad.MATERIAL_CONFLICT,
        acled_subtype="Non-state actor overtakes territory",
        actors=(Actor("fighters", *span("fighters"), "", ActorKind.REBEL),),
        places=(EventPlace("river:panj", Role.AT, last_panj, last_panj + 4, score=0.8),),
        time=EventTime(thursday, thursday, start=span("Thursday")[0], end=span("Thursday")[1]),
        attribution=(Attribution("the agency", *span("the agency"), "said"),),
        quantities=(Quantity("fighters", *span("300"), None, 300.0, None, approximate=True),),
        salience=0.9,
        confidence=0.7,
        provenance="trigger:take",
    )
    close = Event(
        id="e2",
        type=EventType.SANCTION,
        trigger=Span(*span("close")),
        evidence=Span(*span("Dushanbe may close the border next week.")),
        title="Dushanbe may close the border",
        places=(
            EventPlace("gn:1221874", Role.ACTOR_HOME, *span("Dushanbe")),
            EventPlace("country:TJ", Role.ABOUT, *span("That country"), link="coreference"),
        ),
        time=EventTime(dt.date(2021, 7, 12), None, "week", 2),
        modality=Modality.PLANNED,
        certainty="PS+",
        draw=Draw.LIGHT,
        confidence=0.5,
    )
    lost = Event(
        id="e3",
        type=EventType.STATE,
        trigger=Span(*span("lost")),
        evidence=Span(*span("That country has lost a third of it.")),
        places=(EventPlace("described:1", Role.AT, *span("a third of it")),),
        draw=Draw.OFF,
        polarity=False,
    )
    return Record(
        article=Article(TEXT, "panj", "Fighters seize a bridge over the Panj", dt.date(2021, 7, 8), "en", "The Wire"),
        sentences=split(TEXT, "en"),
        tokens=tokenise(TEXT),
        dates=(
            DateExpression(
                *span("Thursday"), "Thursday", "DATE", "2021-07-08", thursday, thursday, anchor="publication"
            ),
            DateExpression(*span("next week"), "next week", "DATE", "2021-W28", dt.date(2021, 7, 12), None, "week"),
        ),
        mentions=mentions,
        places=(river, city, country, described),
        events=(took, close, lost),
        main_event="e1",
        warnings=("A made-up article.",),
    )


def chromium():
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium, or a skip; a failure where CI is set, for there it must not go unnoticed."""
    path = chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine; the browser tests must run in CI")
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path)
        yield started
        started.close()
