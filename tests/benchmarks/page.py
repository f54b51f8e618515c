"""Map pages of geomap beside plain folium with the same points: CPU time, bytes, requests to other servers.

Each is built in a process of its own, imports aside, from the same places and titles.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import subprocess
import sys
import time

NUMBERS = (10, 100, 1_000, 10_000)
# What a page would ask other servers for: scripts, styles, images and tiles.
OUTSIDE = re.compile(r"""(?:src|href)\s*=\s*["'](https?://[^"']+)|["'](https?://[^"']*\{z\}[^"']*)["']""")


def points(count: int) -> list[tuple[str, float, float]]:
    """Return titles and places, spread over Europe."""
    return [(f"Event {i} of {count}", 40 + i * 7 % 1300 / 100, i * 11 % 2900 / 100) for i in range(count)]


def with_geomap(count: int) -> str:
    """Return a page of one article whose events are the points."""
    from geomap.page.event_map import EventMap
    from geomap.record import (
        Article,
        Event,
        EventPlace,
        EventTime,
        EventType,
        Place,
        PlaceKind,
        Precision,
        Record,
        Role,
        Span,
    )

    places, events, lines, at = [], [], [], 0
    for i, (title, lat, lon) in enumerate(points(count)):
        span = Span(at, at + len(title))
        day = dt.date(2023, 1, 1) + dt.timedelta(days=i % 300)
        where = EventPlace(f"gn:{i}", Role.AT, -1, -1)
        places.append(Place(f"gn:{i}", f"Town {i}", PlaceKind.CITY, "", lat, lon, Precision.TOWN, 3.0))
        events.append(
            Event(f"e{i}", EventType.OTHER, span, span, title=title, places=(where,), time=EventTime(day, day))
        )
        lines.append(title)
        at += len(title) + 1
    record = Record(
        Article("\n".join(lines), "bench", "Events", language="en"), places=tuple(places), events=tuple(events)
    )
    return EventMap(record, basemap="110m").html()


def with_folium(count: int) -> str:
    """Return a folium map with a marker, a popup and a tooltip for each point, as its guide has it."""
    import folium

    page = folium.Map((46, 14), zoom_start=4)
    for title, lat, lon in points(count):
        folium.CircleMarker((lat, lon), radius=5, popup=folium.Popup(title), tooltip=title).add_to(page)
    html: str = page.get_root().render()
    return html


def measure(name: str, count: int) -> dict[str, float]:
    """Build a page twice, and return what the second took."""
    build = {"geomap": with_geomap, "folium": with_folium}[name]
    build(1)
    start = time.process_time()
    page = build(count)
    cpu = time.process_time() - start
    asked = {match[1] or match[2] for match in OUTSIDE.finditer(re.sub(r"<a [^>]*>", "", page))}
    return {"cpu": cpu, "bytes": len(page.encode()), "requests": len(asked)}


def main() -> None:
    """Print the table, or, with a name and a number, one measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", nargs="?", choices=["geomap", "folium"])
    parser.add_argument("count", nargs="?", type=int)
    asked = parser.parse_args()
    if asked.count:
        print(json.dumps(measure(asked.name, asked.count)))
        return
    print(f"{'events':>7} {'library':8} {'CPU s':>7} {'KB':>8} {'addresses':>10}")
    for count in NUMBERS:
        for name in ("geomap", "folium"):
            run = subprocess.run(
                [sys.executable, __file__, name, str(count)], capture_output=True, text=True, check=True
            )
            found = json.loads(run.stdout.splitlines()[-1])
            print(f"{count:>7,} {name:8} {found['cpu']:7.2f} {found['bytes'] / 1000:8,.0f} {found['requests']:10}")


if __name__ == "__main__":
    main()
