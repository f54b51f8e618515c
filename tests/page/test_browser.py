"""The page in a real browser, without a network. `visit` also fails on any request, dialog or complaint."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from xml.etree import ElementTree as ET

import folium
import pytest
from folium.plugins import HeatMap
from shapely import to_wkb
from shapely.geometry import box

from geomap.page.event_map import EventMap, Legend
from geomap.page.folder import write_folder
from geomap.record import (
    Event,
    EventPlace,
    EventType,
    Mention,
    Notice,
    PlaceKind,
    Precision,
    Record,
    Role,
    Span,
)

pytestmark = pytest.mark.browser

VISIBLE = ["e1", "e2", "e3", "e4", "e6"]


def keys(tab, where):
    return sorted(set(tab.eval_on_selector_all(f"{where} .badge", "nodes => nodes.map(n => n.dataset.event)")))


def boxes(tab, selector):
    return tab.eval_on_selector_all(
        selector,
        """nodes => nodes.filter(n => n.offsetWidth && getComputedStyle(n).visibility !== "hidden").map(n => {
            const r = n.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom, n.textContent]; })""",
    )


def overlaps(rects):
    return [
        (a[4], b[4])
        for i, a in enumerate(rects)
        for b in rects[i + 1 :]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def test_every_event_is_in_the_text_on_the_map_and_on_the_timeline(flood, visit):
    tab = visit(EventMap(flood))
    assert keys(tab, ".text") == ["e1", "e2", "e3", "e4", "e5", "e6"]
    assert keys(tab, ".map-pane") == VISIBLE
    assert keys(tab, ".timeline") == VISIBLE
    tab.click('[data-filter="denied"]')
    tab.wait_for_timeout(80)
    assert "e5" in keys(tab, ".map-pane")
    assert "e5" in keys(tab, ".timeline")


def test_each_place_is_drawn_as_what_is_known_of_it(flood, visit):
    tab = visit(EventMap(flood))
    drawn = tab.eval_on_selector_all(".folium-map path", "nodes => nodes.map(n => n.getAttribute('class'))")
    dots = [name for name in drawn if "dot" in name]
    assert len(dots) == 3  # the three towns
    assert any("as-river" in name for name in drawn)
    assert any("as-border" in name for name in drawn)
    assert any("as-vague" in name for name in drawn)
    assert any("as-country" in name for name in drawn)
    assert not any("dot" in name and ("country" in name or "vague" in name) for name in drawn)
    square = tab.eval_on_selector_all('[data-place="country:IT"] .badge', "nodes => nodes.map(n => n.className)")
    assert square
    assert all("square" in name for name in square)


def test_a_country_without_an_outline_has_a_square_badge_and_no_dot(flood, visit):
    bare = tuple(
        replace(place, geometry=None, geometry_type="point") if place.id == "country:IT" else place
        for place in flood.places
    )
    only = replace(flood.events[3], places=(EventPlace("country:IT", Role.AT, 0, 1),))
    tab = visit(EventMap(replace(flood, places=bare, events=(only,))))
    assert tab.locator("path.dot, path.area").count() == 0
    assert tab.locator('[data-place="country:IT"] .badge.square').count() == 1


@pytest.mark.parametrize("size", [(1360, 850), (900, 600), (390, 844)])
def test_chips_arrows_and_buttons_do_not_cover_each_other(flood, visit, size):
    tab = visit(EventMap(flood), size=size)
    chips = ".chip:not([hidden]), .map-pane .leaflet-control-zoom, .legend, .unplaced:not([hidden])"
    for _ in range(3):
        assert overlaps(boxes(tab, chips)) == []
        labels = boxes(tab, ".label")
        assert labels
        chip_boxes = boxes(tab, ".chip:not([hidden])")
        assert [pair for label in labels for pair in overlaps([label, *chip_boxes]) if pair[0] == label[4]] == []
        tab.click(".leaflet-control-zoom-out")
        tab.wait_for_timeout(500)


def test_hover_lights_all_three_and_click_opens_the_evidence(flood, visit):
    tab = visit(EventMap(flood))
    tab.hover('.timeline .badge[data-event="e3"]')
    for where in (".text", ".map-pane", ".timeline"):
        assert tab.locator(f'{where} .badge.hovered[data-event="e3"]').count() >= 1
    assert tab.locator(".text .evidence.hovered").count() >= 1
    tab.click('.timeline .badge[data-event="e3"]')
    card = tab.locator(".card")
    text = card.inner_text()
    for words in ("Some 400 people fled", "2023-06-05", "Bassa", "residents", "the mayor", "93%", "gn:2", "made up"):
        assert words in text
    assert "known to the town" in text
    assert "claimed" in text
    assert tab.evaluate("location.hash") == "#e3"
    assert tab.locator(".text .evidence.selected").count() >= 1
    href = card.locator("a").get_attribute("href")
    assert href.startswith("https://example.org/a#:~:text=Some%20400%20people")
    assert card.locator("a").get_attribute("rel") == "noopener noreferrer"


def test_a_link_opens_its_event_even_one_that_is_hidden(flood, visit):
    tab = visit(EventMap(flood), fragment="#e5")
    assert "a dam had broken" in tab.locator(".card h2").inner_text()
    assert tab.locator('[data-filter="denied"]').get_attribute("aria-pressed") == "true"
    assert visit(EventMap(flood), fragment="#%E0%A4%A").locator(".card").is_hidden()


def test_the_keyboard_alone_is_enough(flood, visit):
    tab = visit(EventMap(flood))
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    assert tab.evaluate("location.hash") == "#e2"
    tab.keyboard.press("k")
    assert tab.evaluate("location.hash") == "#e1"
    tab.keyboard.press("Escape")
    assert tab.locator(".card").is_hidden()
    tab.keyboard.press("/")
    tab.keyboard.type("fled")
    assert keys(tab, ".timeline") == ["e3"]
    tab.keyboard.press("Escape")
    tab.keyboard.press("?")
    assert tab.locator("dialog[open]").count() == 1
    tab.keyboard.press("Escape")
    for _ in range(80):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.matches('.map-pane .badge')"):
            break
    tab.keyboard.press("Enter")
    assert tab.locator(".card").is_visible()


def test_filters_hide_in_all_three_and_count(flood, visit):
    tab = visit(EventMap(flood))
    assert tab.locator('[data-filter="disaster"]').inner_text().split() == ["disaster", "3"]
    tab.click('[data-filter="disaster"]')
    assert keys(tab, ".timeline") == ["e3", "e4", "e6"]
    assert keys(tab, ".map-pane") == ["e3", "e4", "e6"]
    assert tab.locator('.text .badge.filtered[data-event="e1"]').count() == 1
    assert "3 of 6 events" in tab.locator(".meta").inner_text()


def test_one_choice_narrows_to_an_actor_a_source_or_a_precision(flood, visit):
    tab = visit(EventMap(flood))
    for choice, shown in (("who:residents", ["e3"]), ("source:the mayor", ["e3"]), ("precision:line", ["e1", "e4"])):
        tab.select_option(".facet", choice)
        assert keys(tab, ".stage") == shown
    assert "(2)" in tab.locator('.facet option[value="precision:line"]').text_content()
    tab.select_option(".facet", "")
    assert keys(tab, ".timeline") == VISIBLE


def test_the_handles_of_time_narrow_what_is_shown(flood, visit):
    tab = visit(EventMap(flood))
    handle = tab.locator(".ranges input").first
    handle.focus()
    handle.press("End")
    assert keys(tab, ".stage") == ["e4"]
    assert tab.locator(".range-text").inner_text() == "June 12, 2023 – June 12, 2023"


def test_seas_and_rivers_are_named_in_the_language_of_the_page(pacific, visit):
    tab = visit(EventMap(pacific, ui="es"))
    for _ in range(4):
        tab.click(".leaflet-control-zoom-out")
        tab.wait_for_timeout(450)
    assert any("mar del Coral" in name for name in tab.locator(".label.sea").all_inner_texts())


def test_two_places_of_one_name_are_told_apart(flood, visit):
    around = replace(
        flood.places[3], id="admin1:IT-1", name="Alto", kind=PlaceKind.ADMIN1, precision=Precision.AREA, parents=()
    )
    storm = replace(flood.events[1], id="e7", places=(EventPlace(around.id, Role.AT, -1, -1),))
    tab = visit(EventMap(replace(flood, places=(*flood.places, around), events=(*flood.events, storm))))
    names = tab.locator(".chip:not([hidden]) .chip-name").all_inner_texts()
    assert {"Alto (town)", "Alto (province)"} <= set(names)
    assert "Bassa" in names


def test_warnings_speak_the_language_of_the_page(quiet, visit):
    warned = replace(quiet, warnings=(Notice.NO_DATE, Notice.NO_EVENTS, "A thing of its own."))
    notes = visit(EventMap(warned, ui="fr")).locator(".note").all_inner_texts()
    assert notes[0].startswith("La date de publication")
    assert notes[1] == "A thing of its own."
    assert len(notes) == 3  # and that no places were found; the map says that there are no events


def test_background_is_shown_where_there_is_nothing_else(flood, visit):
    tab = visit(EventMap(replace(flood, events=flood.events[4:5])))
    assert keys(tab, ".map-pane") == ["e5"]
    assert tab.locator(".empty").is_hidden()


def test_the_filters_stand_in_one_row(flood, visit):
    for size in ((1360, 850), (390, 844)):
        tab = visit(EventMap(flood), size=size)
        tops = {round((box[1] + box[3]) / 2) for box in boxes(tab, ".filters .filter")}
        assert len(tops) == 1


def test_a_large_area_is_faint(flood, visit):
    tab = visit(EventMap(flood))
    shade = "n => +getComputedStyle(n).fillOpacity"
    near = tab.eval_on_selector("path.area.as-country", shade)
    for _ in range(3):
        tab.click(".leaflet-control-zoom-out")
        tab.wait_for_timeout(450)
    assert tab.eval_on_selector("path.area.as-country", shade) > near


def test_the_credit_says_which_boundaries_are_drawn(flood, visit):
    for worldview, words in (
        ("de-facto", "de facto boundaries"),
        ("agreed", "undisputed boundaries only"),
        ("un", "UN map practice"),
        ("UA", "as claimed by: Ukraine"),
    ):
        assert words in visit(EventMap(flood, worldview=worldview)).locator(".leaflet-control-attribution").inner_text()


def test_far_places_have_an_arrow_with_a_distance(flood, visit):
    tab = visit(EventMap(flood))
    arrow = tab.locator(".chip.edge", has_text="Farport")
    assert arrow.count() == 1
    assert "16,000 km" in arrow.inner_text()
    arrow.locator(".chip-name").click()
    tab.wait_for_selector('.chip[data-place="gn:3"]:not([hidden])')


def test_a_place_name_shows_its_place_and_again_its_next_mention(flood, visit):
    tab = visit(EventMap(flood))
    tab.click('.text .place[data-place="border:IT-SI"]')
    assert tab.locator("path.halo").count() == 1
    assert tab.locator(".text .place.lit").count() == 1


def test_a_name_within_a_name_is_a_button_of_its_own(flood, visit):
    text = flood.article.text
    start = text.index("north of Lorania")
    inner = Mention(start + 9, start + 16, "Lorania", place_id="country:IT", confidence=0.9)
    tab = visit(EventMap(replace(flood, mentions=(*flood.mentions, inner))))
    outer = tab.locator('.text .place[data-place="described:1"][tabindex]')
    assert outer.all_inner_texts() == ["north of "]
    nested = tab.locator(".text .place.nested")
    assert nested.all_inner_texts() == ["Lorania"]
    nested.click()
    assert tab.locator('.text .place.lit[data-place="country:IT"]').count() == 1


def test_an_area_all_around_the_view_does_not_tint_it(flood, visit):
    land = replace(flood.places[3], geometry=to_wkb(box(-60, 0, 80, 80)))
    places = tuple(land if place.id == land.id else place for place in flood.places)
    about = replace(flood.events[1], id="e9", places=(EventPlace(land.id, Role.AT, -1, -1),))
    tab = visit(EventMap(replace(flood, places=places, events=(*flood.events[:3], about))))
    assert tab.locator("path.area.everywhere").count() == 1
    chip = tab.locator(f'.chip[data-place="{land.id}"]').bounding_box()
    assert chip["y"] < 250  # beside the edge: it marks no spot


def test_a_first_line_that_repeats_the_title_is_its_headline(flood, visit):
    text = "Water in two towns\n\n" + flood.article.text
    tab = visit(EventMap(Record(replace(flood.article, text=text))))
    assert tab.locator(".text .headline").all_inner_texts() == ["Water in two towns"]


def test_hostile_text_stays_text(hostile, visit):
    tab = visit(EventMap(hostile))
    tab.eval_on_selector_all(".text .badge", "nodes => nodes.forEach(n => n.remove())")
    shown = tab.eval_on_selector_all(".text p", "nodes => nodes.map(n => n.textContent)")
    assert shown == hostile.article.text.split("\n")
    assert tab.title() == hostile.article.title.encode("utf-8", "replace").decode()
    for event in hostile.events:
        tab.evaluate(f"location.hash = {json.dumps('#' + event.id)}")
        tab.wait_for_selector(f'.card .badge[data-event="{event.id}"]')
        assert event.title.split()[0] in tab.locator(".card h2").text_content()
        assert tab.locator(".card a").count() == 0
    assert tab.locator("#geomap img, #geomap script").count() == 0


def test_a_page_without_events_says_so(quiet, visit):
    tab = visit(EventMap(quiet))
    assert tab.locator(".empty").inner_text() == "No events were found in this article."
    assert "no publication date" in tab.locator(".notes").inner_text()
    assert tab.locator(".timeline").is_hidden()


def test_events_without_a_place_or_date_stand_apart(flood, visit):
    loose = Event("e1", EventType.STATE, Span(0, 3), Span(0, 9), title="adrift")
    tab = visit(EventMap(replace(flood, events=(loose,))))
    assert keys(tab, ".unplaced") == ["e1"]
    assert keys(tab, ".undated") == ["e1"]
    assert "None of the shown events has a place" in tab.locator(".empty").inner_text()


def test_right_to_left_articles(arabic, visit):
    tab = visit(EventMap(arabic))
    article, pane = (tab.locator(name).bounding_box() for name in (".article-pane", ".map-pane"))
    assert article["x"] > pane["x"]
    assert tab.eval_on_selector(".map-pane", "n => getComputedStyle(n).direction") == "ltr"
    assert tab.locator(".text .place").inner_text() == "ألتو"  # the whole word, though the mention starts inside it


def test_the_language_of_the_page_can_be_switched(flood, visit):
    tab = visit(EventMap(flood))
    for language, words in (("de", "6 Ereignissen"), ("ru", "6 событий"), ("fa", "۶"), ("tg", "рӯйдод")):
        tab.select_option(".tools select", language)
        tab.wait_for_timeout(60)
        assert tab.evaluate("document.documentElement.lang") == language
        meta = tab.locator(".meta").inner_text()
        assert words[0] in meta or words in meta
    assert "Saring" not in tab.locator(".filters").inner_text()


def test_dark_and_light(flood, visit):
    tab = visit(EventMap(flood), color_scheme="dark")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    tab.get_by_role("button", name="Light", exact=True).click()
    assert tab.evaluate("document.documentElement.dataset.theme") == "light"
    assert visit(EventMap(flood, theme="dark")).evaluate("document.documentElement.dataset.theme") == "dark"


def test_on_a_phone_the_map_comes_first_and_nothing_overflows(flood, visit):
    tab = visit(EventMap(flood), size=(390, 844))
    tops = [tab.locator(name).bounding_box()["y"] for name in (".map-pane", ".timeline", ".article-pane")]
    assert tops == sorted(tops)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.locator(".chip:not(.edge) .chip-name").first.is_hidden()
    tab.locator(".menu > summary").click()
    assert tab.locator(".tools").is_visible()


def test_an_area_has_no_edge_where_the_world_is_cut(pacific, visit):
    isles = replace(pacific.events[0], places=(EventPlace("country:FJ", Role.AT, -1, -1),))
    tab = visit(EventMap(replace(pacific, events=(isles,))))
    assert tab.locator("path.area.unlined").count() == 1
    edge = tab.locator("path.area:not(.unlined)").get_attribute("d")
    assert edge.count("M") > 1  # open at the cut
    assert "z" not in edge


def test_events_across_the_antimeridian_are_near_each_other(pacific, visit):
    tab = visit(EventMap(pacific))
    assert tab.locator(".chip.edge").count() == 0
    west, east = (tab.locator(f'[data-place="{name}"]').bounding_box() for name in ("gn:1", "gn:2"))
    assert west["x"] < east["x"]


def test_exports_hold_the_shown_events(flood, visit):
    tab = visit(EventMap(flood))
    tab.locator(".save summary").click()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="GeoJSON").click()
    collection = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert {feature["properties"]["event"] for feature in collection["features"]} == set(VISIBLE)
    river = next(f for f in collection["features"] if f["properties"]["place_id"] == "river:merin")
    assert river["geometry"]["type"] == "MultiLineString"
    with tab.expect_download() as download:
        tab.get_by_role("button", name="CSV").click()
    assert download.value.path().read_text(encoding="utf-8-sig").startswith('"number","event"')


def test_the_view_is_saved_as_a_picture_without_outside_references(flood, visit):
    tab = visit(EventMap(flood))
    tab.locator(".save summary").click()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="SVG").click()
    source = download.value.path().read_text(encoding="utf-8")
    drawing = ET.fromstring(source)  # noqa: S314 our own
    shown = {node.text for node in drawing.iter("{http://www.w3.org/2000/svg}text")}
    chips = tab.locator(".chip:not(.edge):visible .chip-name").all_inner_texts()
    assert chips
    assert set(chips) <= shown
    assert {"1", "3"} <= shown
    assert not set(re.findall(r'href="(\w+):', source)) - {"data"}
    with tab.expect_download() as download:
        tab.get_by_role("button", name="PNG").click()
    picture = download.value.path().read_bytes()
    box = tab.locator(".folium-map").bounding_box()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == round(box["width"]) * 2


def test_layers_of_the_user_are_drawn(flood, visit):
    page = EventMap(flood)
    folium.CircleMarker((45, 10), radius=4, class_name="mine", popup=folium.Popup("hello")).add_to(page)
    tab = visit(page)
    assert tab.locator("path.mine").count() == 1


def test_printing_lists_the_events(flood, visit):
    tab = visit(EventMap(flood))
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(".print-table tbody tr").count() == len(VISIBLE)
    assert tab.locator(".filters").is_hidden()


def test_a_sandboxed_frame_works(flood, visit):
    tab = visit(f"<!DOCTYPE html><title>notebook</title>{EventMap(flood)._repr_html_()}")
    frame = tab.frames[1]
    frame.wait_for_selector("html[data-ready=true]")
    frame.click('.timeline .badge[data-event="e2"]')
    assert frame.locator(".card").is_visible()


def test_several_articles_share_the_map(flood, arabic, visit):
    tab = visit(EventMap([flood, arabic]))
    assert tab.locator(".tabs button").count() == 2
    tab.click('.timeline .badge[data-event="2.e1"]')
    assert tab.locator('.tabs [aria-selected="true"]').inner_text() == "فيضان في ألتو"


def test_an_index_has_a_table_of_its_articles_and_one_map_of_their_events(flood, arabic, visit, tmp_path):
    index = write_folder([flood, arabic], tmp_path / "news", ui="en")
    assert sorted(path.name for path in index.parent.iterdir()) == ["ar.html", "flood.html", "index.html"]
    tab = visit(index.read_text(encoding="utf-8"))
    tab.wait_for_selector("html[data-ready=true]")
    rows = tab.locator(".articles tbody tr")
    assert rows.count() == 2
    assert rows.nth(0).locator("a").get_attribute("href") == "flood.html"
    assert rows.nth(0).inner_text().split() == [
        *["Water", "in", "two", "towns", "The", "Paper", "June", "7,", "2023", "6"]
    ]
    assert tab.locator("h1").inner_text() == "2 articles"
    assert keys(tab, ".map-pane") == ["1.e1", "1.e2", "1.e3", "1.e4", "1.e6", "2.e1"]
    tab.click('.timeline .badge[data-event="1.e3"]')
    assert tab.locator(".text .badge.selected").count() == 1
    assert tab.locator(".own-page").get_attribute("href") == "flood.html"
    tab.click(".tabs .back")
    assert tab.locator(".articles tbody tr").count() == 2


def test_markers_and_controls_of_folium_need_no_network(flood, visit):
    page = EventMap(flood)
    group = folium.FeatureGroup("mine")
    group.add_child(folium.Marker((45.1, 10.2), popup="<b>bold</b>", tooltip="tip"))
    group.add_child(folium.Marker((45.2, 10.7), icon=folium.Icon(color="red", icon="info-sign")))
    group.add_child(folium.Marker((45.3, 10.9), icon=folium.DivIcon(html="<i>here</i>")))
    page.add_child(group)
    folium.LayerControl().add_to(page)
    tab = visit(page)
    assert tab.locator(".leaflet-marker-icon").count() == 3
    colours = tab.eval_on_selector_all(".pin > span", "nodes => nodes.map(n => n.style.backgroundColor)")
    assert sorted(colours) == ["", "red"]
    assert tab.locator(".leaflet-control-layers").count() == 1


def test_a_plugin_may_load_from_its_own_server_and_from_no_other(flood, browser, tmp_path):
    page = EventMap(flood)
    HeatMap([(45.1, 10.2)]).add_to(page)
    with pytest.warns(UserWarning, match=r"loads scripts from https://cdn\.jsdelivr\.net: the page needs a network"):
        page.save(tmp_path / "page.html")
    stub = "L.heatLayer = (points) => (window.heat = points, L.layerGroup([]));"
    context = browser.new_context()
    asked = []
    context.route(
        re.compile("https?://"),
        lambda route: (asked.append(route.request.url), route.fulfill(body=stub, content_type="text/javascript")),
    )
    tab = context.new_page()
    tab.goto((tmp_path / "page.html").as_uri())
    tab.wait_for_selector("html[data-ready=true]")
    assert tab.evaluate("window.heat") == [[45.1, 10.2]]
    tab.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {src: 'https://evil.example/x.js'}))"
    )
    tab.wait_for_timeout(100)
    assert {url.split("/")[2] for url in asked} == {"cdn.jsdelivr.net"}
    context.close()


def test_classes_of_ones_own_have_their_colours_and_names(flood, visit):
    classes = [("shallow", "#004488", "#77aaff"), ("deep", "#aa0000", "#ff8888")]
    tab = visit(EventMap(flood, legend=Legend(classes, [0, 1, 0, 1, 0, 1])))
    assert tab.locator('[data-filter="c1"]').inner_text().split() == ["deep", "3"]
    badge = '.timeline .badge[data-event="e2"]'
    assert tab.eval_on_selector(badge, "n => getComputedStyle(n).backgroundColor") == "rgb(170, 0, 0)"
    tab.click(badge)
    assert "deep" in tab.locator(".card").inner_text()


def test_a_crowd_is_gathered_and_counted(crowd, visit):
    tab = visit(EventMap(crowd))
    chips = boxes(tab, ".chip:not([hidden])")
    assert 8 <= len(chips) <= 40
    assert overlaps(chips) == []
    counted = tab.eval_on_selector_all(".chip .count", "nodes => nodes.map(n => +n.textContent)")
    single = tab.eval_on_selector_all(".chip:not([hidden]) .badge", "nodes => nodes.length")
    assert sum(counted) + single == 600
    assert tab.locator(".timeline .bin").count() > 20
    assert tab.locator(".tabs select option").count() == 60
    tab.locator(".cluster .chip-name").first.click()
    tab.evaluate("location.hash = '#31.e4'")
    tab.wait_for_selector('.timeline .badge.selected[data-event="31.e4"]')
    assert "number 4" in tab.locator(".card h2").inner_text()


def test_the_other_reports_of_an_event_are_a_click_away(flood, visit):
    told = replace(flood, events=tuple(replace(event, cluster=f"flood/{event.id}") for event in flood.events))
    again = replace(told, article=replace(told.article, id="second", title="The same flood"))
    tab = visit(EventMap([told, again]), fragment="#1.e2")
    report = tab.locator(".card .report")
    assert report.all_inner_texts() == ["The same flood · The Paper"]
    report.click()
    assert tab.evaluate("location.hash") == "#2.e2"
    assert tab.locator(".card .report").all_inner_texts() == ["Water in two towns · The Paper"]
    assert visit(EventMap(told), fragment="#e2").locator(".card .also").count() == 0


def test_a_long_list_of_articles_is_built_as_it_is_read(crowd, visit):
    many = [replace(r, article=replace(r.article, id=f"a{i}"), events=r.events[:1]) for i, r in enumerate(crowd * 10)]
    tab = visit(EventMap(many, basemap="110m", links=[f"a{i}.html" for i in range(600)]))
    rows = tab.locator(".articles tbody tr")
    assert rows.count() == 200
    rows.last.scroll_into_view_if_needed()
    tab.wait_for_selector(".articles tbody tr:nth-child(400)", state="attached")
    assert rows.count() == 400
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert rows.count() == 600


def test_events_without_place_and_date_are_counted_beyond_the_first(flood, visit):
    loose = tuple(Event(f"e{i}", EventType.STATE, Span(0, 3), Span(0, 9), title=f"adrift {i}") for i in range(100))
    tab = visit(EventMap(replace(flood, events=loose)))
    for where in (".undated", ".unplaced"):
        assert tab.locator(f"{where} .badge").count() == 60
        assert "+40" in tab.locator(where).inner_text()


def test_chips_stay_near_what_they_name(crowd, visit):
    tab = visit(EventMap(crowd[:6]), size=(820, 1180))
    lengths = tab.eval_on_selector_all(
        ".leaders line:not(.casing)",
        """nodes => nodes.map(n => ["x1", "x2", "y1", "y2"].map(name => n[name].baseVal.value))
            .map(([x1, x2, y1, y2]) => Math.hypot(x1 - x2, y1 - y2))""",
    )
    assert lengths
    assert max(lengths) < 130


def test_the_page_marks_how_far_it_got(crowd, visit):
    tab = visit(EventMap(crowd))
    marks = tab.evaluate("performance.getEntriesByType('mark').map(m => [m.name, m.startTime])")
    assert [name for name, _ in marks] == ["geomap-start", "geomap-data", "geomap-built", "geomap-ready"]
    assert [time for _, time in marks] == sorted(time for _, time in marks)
    # Structure that keeps it quick: badges are made for the article that is open, places share chips.
    assert tab.locator(".text .badge").count() == 10
    assert tab.locator(".chip").count() < 60


@pytest.mark.slow
def test_ten_thousand_events_are_ready_in_time(crowd, visit):
    articles = [replace(r, article=replace(r.article, id=f"{i}")) for i, r in enumerate(crowd * 17)][:1000]
    page = EventMap(articles, basemap="110m")
    tab = visit(page)
    # Three seconds on idle cores; the machines of CI are busy.
    assert tab.evaluate("performance.getEntriesByName('geomap-ready')[0].startTime") < 8000
    assert "10,000" in tab.locator(".meta").inner_text()


def test_a_host_of_events_in_one_place_is_counted(flood, visit):
    many = tuple(replace(flood.events[0], id=f"e{i}", places=flood.events[1].places[:1]) for i in range(40))
    tab = visit(EventMap(replace(flood, events=many)))
    assert tab.locator(".chip.cluster").inner_text().split() == ["40", "Alto"]


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """axe-core from npm, or a skip where npm or its registry is out of reach."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine")
    folder = tmp_path_factory.mktemp("axe")
    pack = [npm, "pack", "axe-core@4.14.1", "--silent"]
    try:
        done = subprocess.run(pack, cwd=folder, capture_output=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry does not answer")
    if done.returncode:
        pytest.skip("the npm registry is out of reach")
    shutil.unpack_archive(next(folder.glob("*.tgz")), folder)
    return (folder / "package" / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "scheme", "article"),
    [
        ((1360, 850), "light", "flood"),
        ((1360, 850), "dark", "flood"),
        ((390, 844), "light", "flood"),
        ((1360, 850), "light", "arabic"),
        ((390, 844), "dark", "arabic"),
        ((1360, 850), "light", "crowd"),
    ],
    ids=str,
)
def test_nobody_is_shut_out(request, visit, axe, size, scheme, article):  # noqa: PLR0917
    fragment = {"flood": "#e3", "arabic": "#e1", "crowd": "#2.e3"}[article]
    page = EventMap(request.getfixturevalue(article))
    tab = visit(page, size=size, color_scheme=scheme, fragment=fragment, bypass_csp=True)
    tab.wait_for_timeout(900)
    tab.evaluate(axe)
    found = tab.evaluate(
        "axe.run(document).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html + n.failureSummary)]))"
    )
    assert found == []
