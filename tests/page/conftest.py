"""Small records in our own words, and a browser without a network."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from shapely import to_wkb
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geomap.record import (
    Actor,
    ActorKind,
    Article,
    Attribution,
    Candidate,
    Draw,
    Event,
    EventPlace,
    EventTime,
    EventType,
    Mention,
    Modality,
    Place,
    PlaceKind,
    Precision,
    Quantity,
    Record,
    Role,
    Span,
)

FLOOD = (
    "The Merin rose by two metres on Monday and flooded the towns of Alto and Bassa.\n"
    "Some 400 people fled from Bassa to the north of Lorania, the mayor said.\n"
    "The government of Lorania plans to close the border with Tresia on 12 June 2023.\n"
    "It denied that a dam had broken at Alto. A far office in Farport sent its regrets.\n"
)


def span(text, words, after=0):
    start = text.index(words, after)
    return start, start + len(words)


def place(key, name, kind, precision, lat, lon, geometry=None, **more):  # noqa: PLR0917
    kinds = {"LineString": "line", "MultiLineString": "line", "Polygon": "polygon", "MultiPolygon": "polygon"}
    return Place(
        id=key,
        name=name,
        kind=PlaceKind(kind),
        country=more.pop("country", ""),
        lat=lat,
        lon=lon,
        precision=Precision(precision),
        geometry_type=kinds[geometry.geom_type] if geometry is not None else "point",
        geometry=to_wkb(geometry) if geometry is not None else None,
        source=more.pop("source", "made up"),
        **more,
    )


def event(text, key, kind, trigger, evidence, links, **more):  # noqa: PLR0917
    return Event(
        id=key,
        type=EventType(kind),
        trigger=Span(*span(text, trigger)),
        evidence=Span(*span(text, evidence)),
        title=more.pop("title", evidence),
        places=tuple(EventPlace(name, role, -1, -1, score=0.9) for name, role in links),
        **more,
    )


def mention(text, words, place_id, after=0, others=()):
    return Mention(*span(text, words, after), words, place_id=place_id, confidence=0.93, candidates=others)


@pytest.fixture
def flood():
    """Two towns on a river, two countries, a border, a vague north, and one place far away."""
    text = FLOOD
    day = dt.date(2023, 6, 5)
    river = LineString([(10.0, 45.0), (10.4, 45.2), (10.9, 45.1), (11.5, 45.3)])
    lorania = MultiPolygon([box(9, 44, 12, 46), box(12.5, 44.2, 12.6, 44.3)])
    places = (
        place("river:merin", "Merin", "river", "line", 45.1, 10.6, river, country="IT"),
        place("gn:1", "Alto", "city", "town", 45.2, 10.4, radius_km=4, country="IT"),
        place("gn:2", "Bassa", "city", "town", 45.12, 10.9, radius_km=4, country="IT"),
        place("country:IT", "Lorania", "country", "country", 45, 10.5, lorania, country="IT"),
        place(
            "described:1",
            "north of Lorania",
            "described",
            "vague",
            45.7,
            10.5,
            box(9, 45.5, 12, 46),
            relation="north of",
        ),
        place("border:IT-SI", "border with Tresia", "border", "line", 45, 12, LineString([(12, 44), (12, 46)])),
        place("gn:3", "Farport", "city", "town", -33.9, 151.2, radius_km=9),
    )
    other = Candidate("gn:9", 9, "Alto", PlaceKind.CITY, "BR", -10.0, -50.0, 0.1)
    mentions = (
        mention(text, "Merin", "river:merin"),
        mention(text, "Alto", "gn:1", others=(other,)),
        mention(text, "Bassa", "gn:2"),
        mention(text, "north of Lorania", "described:1"),
        mention(text, "Lorania", "country:IT", text.index("government")),
        mention(text, "border with Tresia", "border:IT-SI"),
        mention(text, "Farport", "gn:3"),
    )
    mayor = (Attribution("the mayor", *span(text, "the mayor"), verb="said"),)
    monday = EventTime(day, day, "day", 1, "stated", *span(text, "on Monday"))
    plan = dt.date(2023, 6, 12)
    events = (
        event(
            text, "e1", "DISASTER", "rose", "The Merin rose by two metres on Monday", [("river:merin", Role.AT)],
            time=monday,
        ),
        event(
            text, "e2", "DISASTER", "flooded", "flooded the towns of Alto and Bassa",
            [("gn:1", Role.AT), ("gn:2", Role.AT)], time=monday,
        ),
        event(
            text, "e3", "MOVEMENT", "fled", "Some 400 people fled from Bassa to the north of Lorania",
            [("gn:2", Role.FROM), ("described:1", Role.TO)],
            time=EventTime(day, dt.date(2023, 6, 6), "vague"), attribution=mayor,
            actors=(Actor("Some 400 people", *span(text, "Some 400 people"), "residents", ActorKind.CIVILIAN),),
            quantities=(Quantity("people", *span(text, "400"), None, 400, None, approximate=True),),
        ),
        event(
            text, "e4", "COERCE", "close", "The government of Lorania plans to close the border with Tresia",
            [("border:IT-SI", Role.AT), ("country:IT", Role.ABOUT)],
            time=EventTime(plan, plan), modality=Modality.PLANNED, draw=Draw.LIGHT,
        ),
        event(
            text, "e5", "ACCIDENT", "broken", "a dam had broken at Alto", [("gn:1", Role.AT)],
            modality=Modality.DENIED, polarity=False, draw=Draw.OFF,
        ),
        event(
            text, "e6", "STATEMENT", "regrets", "A far office in Farport sent its regrets",
            [("gn:3", Role.SPEECH_AT), ("country:IT", Role.ABOUT)],
        ),
    )  # fmt: skip
    article = Article(
        text, "flood", "Water in two towns", dt.date(2023, 6, 7), "en", "The Paper", "https://example.org/a"
    )
    return Record(article, mentions=mentions, places=places, events=events, main_event="e2")


@pytest.fixture
def arabic():
    text = "فرّ السكان من ألتو إلى باسا يوم الاثنين."
    day = dt.date(2023, 6, 5)
    # The mention starts inside a word, as where a clitic was cut off.
    inner = text.index("لتو")
    return Record(
        Article(text, "ar", "فيضان في ألتو", dt.date(2023, 6, 7), "ar"),
        mentions=(Mention(inner, inner + 3, "لتو", place_id="gn:1", confidence=0.9),),
        places=(place("gn:1", "ألتو", "city", "town", 45.2, 10.4, radius_km=4),),
        events=(
            event(text, "e1", "MOVEMENT", "فرّ", "فرّ السكان من ألتو", [("gn:1", Role.FROM)], time=EventTime(day, day)),
        ),
    )


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "<!--<script>",
    "${alert(3)}",
    "`${alert(4)}`",
    "{{ 6 * 7 }}",
    "{{ ''.__class__ }}",
    "{% for x in y %}",
    "{# gone #}",
    "line\u2028separator\u2029here",
    "bidi \u202e override \u2066 isolate",
    "nul-free \ud800 surrogate",
    "javascript:alert(5)",
    "\"'><svg/onload=alert(6)>",
    "&lt;b&gt; &amp;",
    "𝒜stral 👩‍👩‍👧 letters",
)


@pytest.fixture
def hostile():
    """Every field that text can reach holds every attack."""
    attack = " ".join(HOSTILE)
    text = "\n".join(f"{line} happened in Alto." for line in HOSTILE)
    where = place("gn:1", attack, "city", "town", 45.2, 10.4, source=attack, relation=attack)
    events = tuple(
        Event(
            id=f"e{i}",
            type=EventType.OTHER,
            trigger=Span(*span(text, "happened", text.index(line))),
            evidence=Span(*span(text, line)),
            title=line,
            mode=attack,
            actors=(Actor(line, 0, 1, line),),
            attribution=(Attribution(line, 0, 1),),
            places=(EventPlace("gn:1", Role.AT, 0, 1),),
            provenance=attack,
        )
        for i, line in enumerate(HOSTILE, 1)
    )
    article = Article(text, attack, attack, dt.date(2023, 6, 7), "en", attack, "javascript:alert(7)")
    return Record(
        article,
        mentions=tuple(mention(text, "Alto", "gn:1", text.index(line)) for line in HOSTILE),
        places=(where,),
        events=events,
        warnings=(attack,),
    )


@pytest.fixture
def quiet():
    return Record(
        Article("Nothing happened. Nobody went anywhere.", "quiet", "A quiet day", None, "en"),
        warnings=("no publication date: relative dates stay relative",),
    )


@pytest.fixture
def pacific(flood):
    """Events on both sides of the antimeridian."""
    places = (
        place("gn:1", "West", "city", "town", -17.0, 178.0),
        place("gn:2", "East", "city", "town", -18.0, -179.0),
        place("country:FJ", "Isles", "country", "country", -17.5, 179.0,
              MultiPolygon([box(177, -19, 180, -16), box(-180, -19, -178, -16)]), country="FJ"),
    )  # fmt: skip
    return replace(flood, places=places, mentions=(), events=flood.events[1:2])


@pytest.fixture
def crowd():
    """Sixty articles of ten events each, spread over Europe and a year."""
    towns = [place(f"gn:{i}", f"Town {i}", "city", "town", 40 + i % 13, i * 7 % 29, radius_km=5) for i in range(200)]
    kinds = list(EventType)

    def article(number):
        text = "\n".join(f"Something number {i} happened." for i in range(10))
        here = [towns[(number * 10 + i) % 200] for i in range(10)]
        days = [dt.date(2023, 1, 1) + dt.timedelta(days=(number * 37 + i * 11) % 360) for i in range(10)]
        events = [
            event(
                text, f"e{i}", kinds[(number + i) % len(kinds)], f"number {i}", f"Something number {i} happened",
                [(here[i].id, Role.AT)], time=EventTime(days[i], days[i]),
            )
            for i in range(10)
        ]  # fmt: skip
        about = Article(text, f"a{number}", f"Article {number}", dt.date(2023, 12, 31), "en")
        return Record(about, places=tuple(here), events=tuple(events))

    return [article(number) for number in range(60)]


@pytest.fixture
def shapes():
    return {"blob": Point(10, 45).buffer(1), "hole": Polygon(box(0, 0, 3, 3).exterior, [box(1, 1, 2, 2).exterior])}


@pytest.fixture
def visit(browser, tmp_path):
    """Open a page from disk without a network; what it asks for or complains of fails the test at its end."""
    contexts, problems = [], []

    def open_page(page, *, size=(1360, 850), fragment="", **options):
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(page, encoding="utf-8") if isinstance(page, str) else page.save(path)
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.on(
            "console", lambda message: problems.append(message.text) if message.type in {"error", "warning"} else None
        )
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("dialog", lambda dialog: (problems.append(f"dialog {dialog.message}"), dialog.dismiss()))
        tab.on(
            "request",
            lambda request: (
                problems.append(request.url) if not request.url.startswith(("file:", "data:", "blob:")) else None
            ),
        )
        tab.goto(path.as_uri() + fragment)
        if not isinstance(page, str):
            tab.wait_for_selector("html[data-ready=true]")
        tab.wait_for_timeout(80)  # the chips are laid out in the next frame
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []
