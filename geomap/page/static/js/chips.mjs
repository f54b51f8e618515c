import { declutter, gather, rectAt } from "./declutter.mjs";
import { el, narrow, svg } from "./dom.mjs";
import { clipRing, distanceKm, inside, labelPoint, lineMiddle, nearLongitude, overlap, ringArea, roundDistance, samples } from "./geometry.mjs";
import { eventsByPlace } from "./places.mjs";
import { badge, fewBadges } from "./symbols.mjs";

/* global L */

/**
 * Chips: the numbers and the name of each place with events, none covering another; arrows at the edge for places
 * out of view; and the basemap's labels, which give way to both.
 *
 * @typedef {import("./geometry.mjs").Point} Point
 * @typedef {import("./geometry.mjs").Rect} Rect
 */
const LABEL_LIMIT = 90;
/** A chip with more events than this counts them. */
const MOST_BADGES = 24;
/** Square pixels of map for each chip: with more places than have room, close ones share a chip. */
const ROOM_A_CHIP = 22000;
/** The same where chips are mere numbers. */
const ROOM_A_NUMBER = 9000;
/** A view has room for this many at least. */
const FEWEST_CHIPS = 6;
/** Chips that stand further from their place than this are too many (pixels). */
const LONGEST_LEADER = 110;
/** An area that fills more of the view than this is everywhere: shading it would tint the map, and its chip marks no spot. */
const EVERYWHERE = 0.8;
/** Names of rivers turn no further than this (degrees): who reads would have to tilt the head. */
const STEEPEST = 65;
/** With more places than this out of view, arrows count their events instead of naming them, and are few. */
const MANY_AWAY = 16;
/** Places whose arrows would stand nearer than this share one arrow (pixels along the edge). */
const SAME_DIRECTION = 90;

/**
 * @param {any} store
 * @param {any} map
 * @param {any} basemap
 * @param {any} places
 * @param {any} world the basemap's JSON
 * @param {() => Element[]} furniture what stands over the map: buttons, card, legend
 * @param {(bounds: any) => void} fit
 */
export function createChips(store, map, basemap, places, world, furniture, fit) {
  const container = map.getContainer();
  const pane = map.getPane("chips");
  const leaders = svg("svg", { class: "leaders", "aria-hidden": "true" });
  const labels = map.getPane("labels");
  const edges = el("div", { class: "edges" });
  const unplaced = el("div", { class: "unplaced" });
  pane.append(leaders);
  container.append(edges, unplaced);
  /** @type {Map<string, {links: any[], node: any, before?: Point}>} the node is made when it is first shown */
  let chips = new Map();
  /** @type {any[]} */
  let clusters = [];
  /** @type {(id: string) => string} what the chips call a place */
  let nameOf = (id) => placeName(store, id);
  let wanted = 0;

  function build() {
    for (const { node } of chips.values()) node?.remove();
    const old = chips;
    chips = new Map();
    for (const [id, links] of eventsByPlace(store)) chips.set(id, { links, node: null, before: old.get(id)?.before });
    nameOf = distinctNames(store, [...chips.keys()]);
    const homeless = store.visibleEvents().filter((event) => !event.places.length);
    unplaced.replaceChildren();
    unplaced.hidden = !homeless.length;
    if (homeless.length)
      unplaced.append(el("span", {}, store.locale.t("unplaced")), ...fewBadges(homeless, store));
    mark();
    schedule();
  }

  function show(id) {
    const entry = chips.get(id);
    if (!entry.node) {
      entry.node = chip(store, places.views.get(id), entry.links, nameOf, fit);
      pane.append(entry.node);
    }
    entry.node.hidden = false;
    return entry.node;
  }

  function schedule() {
    if (!wanted) wanted = requestAnimationFrame(layout);
  }

  function layout() {
    cancelAnimationFrame(wanted);
    wanted = 0;
    const size = map.getSize();
    if (!size.x || !size.y) return;
    const frame = container.getBoundingClientRect();
    const view = { left: 0, top: 0, right: size.x, bottom: size.y };
    const bounds = { left: 6, top: 6, right: size.x - 6, bottom: size.y - 6 };
    const fixed = furniture()
      .map((node) => node.getBoundingClientRect())
      .filter((r) => r.width)
      .map((r) => ({ left: r.left - frame.left, right: r.right - frame.left, top: r.top - frame.top, bottom: r.bottom - frame.top }));
    const compact = narrow() || size.x < 420;
    container.classList.toggle("compact", compact);
    /** @type {any[]} */
    const found = [];
    const soft = [];
    const away = [];
    for (const [id, entry] of chips) {
      const v = places.views.get(id);
      const where = anchorIn(v, map, view, soft);
      for (const node of v.area ? v.layers.map((layer) => layer.getElement()) : []) {
        node?.classList.toggle("everywhere", Boolean(where?.everywhere));
        node?.style.setProperty("--share", (where?.share ?? 0).toFixed(2));
      }
      if (where) found.push({ id, ...where, before: entry.before, events: entry.links.length });
      else away.push(v);
    }
    const most = Math.max(FEWEST_CHIPS, Math.round((size.x * size.y) / (compact ? ROOM_A_NUMBER : ROOM_A_CHIP)));
    found.sort((a, b) => b.events - a.events || (a.id < b.id ? -1 : 1));
    const arrows = drawEdges(store, map, edges, away, chips, nameOf, fixed, fit);
    let { items, spots } = arrange(found, most, bounds, [...fixed, ...arrows], soft);
    // Leaders across half the map help nobody: rather fewer chips.
    for (let room = most; farthest(items, spots) > LONGEST_LEADER && room > FEWEST_CHIPS; ) {
      room = Math.floor(Math.min(room, items.length) * 0.75);
      ({ items, spots } = arrange(found, room, bounds, [...fixed, ...arrows], soft));
    }
    const crowded = items.filter((item) => !spots.has(item.id));
    leaders.replaceChildren();
    const taken = [...fixed, ...arrows];
    const origin = map.containerPointToLayerPoint([0, 0]);
    for (const item of items) {
      const centre = spots.get(item.id);
      item.node.classList.toggle("no-room", !centre);
      const at = centre ?? item.anchor;
      const rect = rectAt(item, at);
      L.DomUtil.setPosition(item.node, L.point(Math.round(rect.left + origin.x), Math.round(rect.top + origin.y)));
      if (!centre) continue;
      chips.get(item.id).before = { x: at.x - item.anchor.x, y: at.y - item.anchor.y };
      taken.push(rect);
      if (!item.everywhere && !inside(item.anchor, { left: rect.left - 4, right: rect.right + 4, top: rect.top - 4, bottom: rect.bottom + 4 })) {
        leaders.append(leader(item.anchor, rect, origin));
      }
    }
    container.dataset.crowded = String(crowded.length);
    drawLabels(store, map, basemap, labels, world, taken, new Set(chips.keys()), soft);
    mark();
  }

  /** Gather places into so many chips at most, and find room for each. */
  function arrange(/** @type {any[]} */ found, most, bounds, obstacles, soft) {
    for (const node of clusters) node.remove();
    clusters = [];
    for (const { node } of chips.values()) if (node) node.hidden = true;
    const items = gather(found, most).map((group) => {
      let node;
      if (group.length === 1 && chips.get(group[0].id).links.length <= MOST_BADGES) node = show(group[0].id);
      else {
        node = cluster(store, places, group, chips, nameOf, fit);
        clusters.push(node);
        pane.append(node);
      }
      return { ...group[0], node, width: node.offsetWidth, height: node.offsetHeight };
    });
    return { items, spots: declutter(items, bounds, obstacles, soft) };
  }

  /** Mark the chips and badges of the event that is hovered or selected. */
  function mark() {
    for (const { node } of chips.values()) node?.classList.remove("lit");
    for (const node of container.querySelectorAll(".badge[data-event]")) {
      const { selected, hovered } = store.state;
      node.classList.toggle("selected", node.dataset.event === selected);
      node.classList.toggle("hovered", node.dataset.event === hovered);
      if (selected && node.dataset.event === selected) node.closest(".chip")?.classList.add("lit");
    }
  }

  map.on("zoomstart", () => container.classList.add("zooming"));
  map.on("zoomend", () => container.classList.remove("zooming"));
  map.on("moveend zoomend resize", schedule);
  return { build, schedule, layout, mark };
}

function chip(store, v, links, nameOf, fit) {
  const { t, word } = store.locale;
  const name = nameOf(v.id);
  const precision = word(`precision.${v.place.precision}`, v.place.precision);
  const label = el(
    "button",
    { type: "button", class: "chip-name", title: `${name}: ${precision}`, "aria-label": t("zoom_to", { name, precision }), onclick: () => fit(v.bounds) },
    el("span", { class: `glyph as-${v.as}`, "aria-hidden": "true" }),
    el("bdi", {}, name),
  );
  const badges = links.map(({ event, about }) => badge(event, store, { place: v.place, about }));
  return el("div", { class: `chip as-${v.as}`, "data-place": v.id }, el("div", { class: "chip-events" }, ...badges), label);
}

/** One chip for places too close together to be named apart, or for a host of events: how many, and where most are. */
function cluster(store, places, group, chips, nameOf, fit) {
  const { t, number, count } = store.locale;
  const events = new Set(group.flatMap(({ id }) => chips.get(id).links.map((link) => link.event.key)));
  const bounds = L.latLngBounds([]);
  for (const { id } of group) bounds.extend(places.views.get(id).bounds);
  const first = nameOf(group[0].id);
  const name = group.length > 1 ? t("and_more", { name: first, n: number(group.length - 1) }) : first;
  return el(
    "div",
    { class: "chip cluster" },
    el(
      "button",
      { type: "button", class: "chip-name", title: name, "aria-label": `${name}: ${count("events", events.size)}`, onclick: () => fit(bounds) },
      el("span", { class: "count" }, number(events.size)),
      el("bdi", {}, name),
    ),
  );
}

/**
 * The name of a place in the language of the page, where the page knows it.
 * @param {any} store
 * @param {string} id
 */
export function placeName(store, id) {
  const place = store.page.places[id];
  return (id.startsWith("country:") && store.countryName?.(place.country)) || place.name;
}

/**
 * Names that tell places apart: of two that are called the same, each also has its kind, or where it is.
 * @param {any} store
 * @param {string[]} ids
 * @returns {(id: string) => string}
 */
function distinctNames(store, ids) {
  const { t, word } = store.locale;
  const { places } = store.page;
  /** @type {Map<string, string[]>} */
  const called = new Map();
  for (const id of ids) called.set(placeName(store, id), [...(called.get(placeName(store, id)) ?? []), id]);
  return (id) => {
    const name = placeName(store, id);
    const twins = called.get(name) ?? [];
    if (twins.length < 2) return name;
    const { kind, parents, country } = places[id];
    const alike = twins.some((other) => other !== id && places[other].kind === kind);
    const parent = parents.find((other) => places[other] && placeName(store, other) !== name);
    const more = alike ? (parent ? placeName(store, parent) : store.countryName(country)) : word(`kind.${kind}`);
    return more ? t("named_kind", { name, kind: more }) : name;
  };
}

/** Countries whose short names are mere initials. */
const INITIALS = new Set(["US", "GB"]);

/**
 * Names of countries in the language of the page: the browser knows them, but for Tajik.
 * @param {any} store
 * @param {any} world
 * @returns {(code: string) => string} "" where it has none
 */
export function countryNames(store, world) {
  const known = new Map(world.countries.filter(([code]) => code).map(([code, , , , english, tajik]) => [code, { english, tajik }]));
  let language = "";
  let short = null;
  let long = null;
  return (code) => {
    const own = known.get(code);
    const { ui } = store.state;
    if (ui === "tg") return own?.tajik || own?.english || "";
    if (language !== ui) {
      language = ui;
      short = new Intl.DisplayNames([ui], { type: "region", style: "short", fallback: "none" });
      long = new Intl.DisplayNames([ui], { type: "region", fallback: "none" });
    }
    return (/^[A-Z]{2}$/.test(code) && (INITIALS.has(code) ? long : short).of(code)) || own?.english || "";
  };
}

/** Where a chip for a place belongs in this view, or null where the place is out of view. */
function anchorIn(v, map, view, soft) {
  const project = ([lat, lon]) => map.latLngToContainerPoint([lat, lon]);
  if (v.line && v.parts.length) {
    const lines = v.parts.flat().map((line) => line.map(project));
    const anchor = lineMiddle(lines, shrink(view, 12));
    soft.push(...samples(lines, 10, view));
    return anchor && { anchor, centred: false, priority: 50 };
  }
  if (v.area && v.parts.length) {
    let best = null;
    let seen = 0;
    const inner = shrink(view, 24);
    const room = (inner.right - inner.left) * (inner.bottom - inner.top);
    for (const [outer] of v.parts) {
      const ring = clipRing(outer.map(project), inner);
      const area = ring.length > 2 ? ringArea(ring) : 0;
      seen += area;
      if (!best || area > best.area) best = { ring, area };
    }
    const whole = { everywhere: true, anchor: { x: view.right - 90, y: view.top + 24 }, centred: true, priority: 20 };
    if (best.area > EVERYWHERE * room) return whole;
    if (best.area < 1) return map.getBounds().contains(v.point) ? { anchor: project(v.point), centred: false, priority: 40 } : null;
    const centred = best.area > 2500;
    return { anchor: labelPoint(best.ring), share: seen / room, centred, priority: centred ? 30 - Math.log10(best.area) : 45 };
  }
  const anchor = project(v.point);
  if (!inside(anchor, shrink(view, 4))) return null;
  const centred = v.area && v.as === "country";
  if (!centred) for (let i = 0; i < 4; i++) soft.push({ ...anchor, dot: true });
  if (!v.area) return { anchor, centred, priority: 60 };
  const { x: west, y: south } = project([v.bounds.getSouth(), v.bounds.getWest()]);
  const circle = Math.PI * (anchor.x - west) * (south - anchor.y);
  return { anchor, share: circle / ((view.right - view.left) * (view.bottom - view.top)), centred, priority: 60 };
}

/** How far the farthest chip stands from what it names. */
function farthest(items, spots) {
  const away = items.map((item) => {
    const at = spots.get(item.id);
    return at && !item.everywhere ? Math.hypot(Math.max(0, Math.abs(at.x - item.anchor.x) - item.width / 2), at.y - item.anchor.y) : 0;
  });
  return Math.max(0, ...away);
}

function shrink(r, by) {
  return { left: r.left + by, top: r.top + by, right: r.right - by, bottom: r.bottom - by };
}

function leader(anchor, rect, origin) {
  const x = Math.max(rect.left + 6, Math.min(rect.right - 6, anchor.x));
  const y = Math.max(rect.top, Math.min(rect.bottom, anchor.y));
  const ends = { x1: anchor.x + origin.x, y1: anchor.y + origin.y, x2: x + origin.x, y2: y + origin.y };
  return svg("g", {}, svg("line", { ...ends, class: "casing" }), svg("line", ends), svg("circle", { cx: ends.x1, cy: ends.y1, r: 2.5 }));
}

/** Arrows for what is out of view: one for each direction. Returns the room that they take. */
function drawEdges(store, map, edges, away, chips, nameOf, fixed, fit) {
  edges.replaceChildren();
  const size = map.getSize();
  const centre = map.getCenter();
  const middle = { x: size.x / 2, y: size.y / 2 };
  /** @type {{at: Point, angle: number, views: any[]}[]} */
  const groups = [];
  const crowd = away.length > MANY_AWAY;
  for (const v of away) {
    const p = map.latLngToContainerPoint(v.line || v.area ? v.bounds.getCenter() : v.point);
    const angle = Math.atan2(p.y - middle.y, p.x - middle.x);
    const k = Math.min((middle.x - 8) / Math.abs(Math.cos(angle) || 1e-9), (middle.y - 8) / Math.abs(Math.sin(angle) || 1e-9));
    const at = { x: middle.x + Math.cos(angle) * k, y: middle.y + Math.sin(angle) * k };
    const near = groups.find((g) => Math.hypot(g.at.x - at.x, g.at.y - at.y) < SAME_DIRECTION * (crowd ? 3 : 1));
    if (near) near.views.push(v);
    else groups.push({ at, angle, views: [v] });
  }
  const rects = [];
  for (const group of groups) {
    const node = arrow(store, group, centre, chips, nameOf, fit, crowd);
    edges.append(node);
    const width = node.offsetWidth;
    const height = node.offsetHeight;
    const spot = slide(group.at, width, height, size, [...fixed, ...rects]);
    node.style.left = `${spot.left}px`;
    node.style.top = `${spot.top}px`;
    rects.push(spot);
  }
  return rects;
}

function arrow(store, { angle, views }, centre, chips, nameOf, fit, crowd) {
  const { t, km, number } = store.locale;
  const sorted = views
    .map((v) => ({ v, km: distanceKm([centre.lat, centre.lng], v.point) }))
    .sort((a, b) => a.km - b.km);
  const seen = new Set();
  const links = sorted
    .flatMap(({ v }) => chips.get(v.id).links.map((link) => ({ v, ...link })))
    .filter(({ event }) => !seen.has(event.key) && seen.add(event.key))
    .sort((a, b) => a.event.number - b.event.number);
  const badges = crowd
    ? [el("span", { class: "count" }, number(links.length))]
    : links.map(({ v, event, about }) => badge(event, store, { place: v.place, about }));
  const name = nameOf(sorted[0].v.id);
  const text = sorted.length > 1 ? t("and_more", { name, n: sorted.length - 1 }) : name;
  const bounds = L.latLngBounds([]);
  for (const { v } of sorted) bounds.extend(v.bounds);
  const pointer = el("span", { class: "pointer", "aria-hidden": "true" }, "➤");
  pointer.style.transform = `rotate(${Math.round((angle * 180) / Math.PI)}deg)`;
  const go = el(
    "button",
    { type: "button", class: "chip-name", title: sorted.map(({ v }) => nameOf(v.id)).join(", "), onclick: () => fit(bounds) },
    el("bdi", {}, text),
    el("span", { class: "between" }, " · "),
    el("bdi", {}, km(roundDistance(sorted[0].km))),
    " ",
    pointer,
  );
  return el("div", { class: "chip edge" }, el("div", { class: "chip-events" }, ...badges), go);
}

/** Keep an arrow on its edge, but off what is there. */
function slide(at, width, height, size, taken) {
  const clamp = (v, max) => Math.max(8, Math.min(max - 8, v));
  const vertical = at.x < 12 || at.x > size.x - 12;
  for (let inset = 0; inset < 400; inset += 40) {
    for (let away = 0; away < 600; away += 8) {
      for (const sign of [1, -1]) {
        const inwards = (v, half) => (v > half ? -inset : inset);
        const x = clamp(at.x - width / 2, size.x - width) + (vertical ? inwards(at.x, size.x / 2) : sign * away);
        const y = clamp(at.y - height / 2, size.y - height) + (vertical ? sign * away : inwards(at.y, size.y / 2));
        const rect = { left: clamp(x, size.x - width), top: clamp(y, size.y - height), right: 0, bottom: 0 };
        rect.right = rect.left + width;
        rect.bottom = rect.top + height;
        if (!taken.some((t) => overlap(t, rect, 4))) return rect;
      }
    }
  }
  const x = clamp(at.x - width / 2, size.x - width);
  const y = clamp(at.y - height / 2, size.y - height);
  return { left: x, top: y, right: x + width, bottom: y + height };
}

/** Names of countries and towns in the reader's language, where nothing else stands. */
function drawLabels(store, map, basemap, pane, world, taken, chipPlaces, soft) {
  pane.replaceChildren();
  if (map.getContainer().classList.contains("has-tiles")) return;
  const zoom = map.getZoom();
  const size = map.getSize();
  const view = { left: 0, top: 0, right: size.x, bottom: size.y };
  const centre = map.getCenter();
  const origin = map.containerPointToLayerPoint([0, 0]);
  const language = Math.max(0, world.languages.indexOf(store.state.ui));
  const localName = (kind, names) => (store.state.ui === store.page.ui && store.page.local[`${kind}:${names[0]}`]) || names[language] || names[0];
  const named = new Set([...chipPlaces].map((id) => store.page.places[id]?.name));
  const lines = soft.map((p) => ({ left: p.x - 2, right: p.x + 2, top: p.y - 2, bottom: p.y + 2 }));
  const dots = soft.filter((p) => p.dot); // a town with an event is named by its chip
  const rects = [...taken];
  let count = 0;
  const put = (text, kind, lat, lon, shifts, free, angle = 0) => {
    if (count >= LABEL_LIMIT) return false;
    const p = map.latLngToContainerPoint([lat, nearLongitude(lon, centre.lng)]);
    if (p.x < -60 || p.y < -40 || p.x > size.x + 60 || p.y > size.y + 40) return false;
    const length = textWidth(text, kind);
    const line = kind === "country" ? 15 : 14;
    const turn = (angle * Math.PI) / 180;
    // A turned name takes the room of the box around it.
    const width = length * Math.cos(turn) + line * Math.abs(Math.sin(turn));
    const height = line * Math.cos(turn) + length * Math.abs(Math.sin(turn));
    for (const [dx, dy] of shifts(width, height, turn)) {
      const rect = { left: p.x + dx, right: p.x + dx + width, top: p.y + dy, bottom: p.y + dy + height };
      if (rect.left < 2 || rect.right > view.right - 2 || rect.top < 2 || rect.bottom > view.bottom - 2) continue;
      if (rects.some((r) => overlap(r, rect, 4)) || lines.some((r) => overlap(r, rect))) continue;
      const dot = free && { left: p.x - 4, right: p.x + 4, top: p.y - 4, bottom: p.y + 4 };
      if (dot && (rects.some((r) => overlap(r, dot, 1)) || dots.some((d) => Math.hypot(d.x - p.x, d.y - p.y) < 10))) return false;
      rects.push(rect);
      if (dot) rects.push(dot);
      const turned = angle && el("span", { class: "turned" }, text);
      if (turned) turned.style.transform = `rotate(${angle.toFixed(1)}deg)`;
      const node = el("span", { class: `label ${kind}`, dir: "auto" }, turned || text);
      L.DomUtil.setPosition(node, L.point(Math.round(rect.left + origin.x + (width - length) / 2), Math.round(rect.top + origin.y + (height - line) / 2)));
      pane.append(node);
      if (dot) {
        const mark = el("span", { class: `town ${kind}` });
        L.DomUtil.setPosition(mark, L.point(Math.round(p.x + origin.x) - 3, Math.round(p.y + origin.y) - 3));
        pane.append(mark);
      }
      named.add(text); // a province called like its town is not named twice
      count++;
      return true;
    }
    return false;
  };
  /** Seas before countries, rivers and provinces after the towns. */
  const putNames = (...kinds) => {
    const away = (/** @type {number[]} */ [lon, lat]) => Math.hypot(nearLongitude(lon, centre.lng) - centre.lng, lat - centre.lat);
    for (const [least, kind, points, names] of world.names) {
      if (zoom < least || !kinds.includes(kind) || named.has(localName(kind, names)) || named.has(names[0])) continue;
      const spots = [];
      for (let i = 0; i < points.length; i += 2) spots.push([points[i], points[i + 1]]);
      for (const [lon, lat] of spots.sort((a, b) => away(a) - away(b)))
        if (kind === "river" ? putAlong(localName(kind, names), lat, lon) : put(localName(kind, names), kind, lat, lon, around, false)) break;
    }
  };
  /** A river's name lies along it, above or below; where no river is drawn, level. */
  const putAlong = (text, lat, lon) => {
    const angle = basemap.riverAngle(lat, lon);
    const steep = angle === null || Math.abs(angle) > STEEPEST;
    return put(text, "river", lat, lon, steep ? along : beneath, false, steep ? 0 : angle);
  };
  const beneath = (w, h, turn) => [-1, 1].map((side) => [-w / 2 - side * 10 * Math.sin(turn), -h / 2 + side * 10 * Math.cos(turn)]);
  const along = (w) => [[-w / 2, -16], [-w / 2, 3], [7, -7], [-w - 7, -7]];
  const around = (w) => [[-w / 2, -7], [-w / 2, -24], [-w / 2, 10], [-w * 0.8, -7], [-w * 0.2, -7]];
  putNames("sea");
  for (const [code, lon, lat, least, english, , spare] of world.countries) {
    if (zoom < least + 0.2 || chipPlaces.has(`country:${code}`)) continue;
    const points = [[lon, lat]];
    for (let i = 0; i < spare.length; i += 2) points.push([spare[i], spare[i + 1]]);
    // The main point first; where it is out of view, the others from the middle of the view outwards.
    const away = (/** @type {number[]} */ [x, y]) => Math.hypot(nearLongitude(x, centre.lng) - centre.lng, y - centre.lat);
    const [main, ...others] = points;
    for (const [x, y] of [main, ...others.sort((a, b) => away(a) - away(b))])
      if (put(store.countryName(code) || english, "country", y, x, around, false)) break;
  }
  const beside = (w) => [[7, -8], [-w - 7, -8], [-w / 2, -20], [-w / 2, 6]];
  for (const [lon, lat, rank, capital, names] of world.cities) {
    if (zoom < (capital ? Math.min(rank + 1.6, 4.2) : Math.min(rank + 3, rank / 2 + 4.2))) continue;
    if (named.has(localName("town", names)) || named.has(names[0])) continue;
    put(localName("town", names), capital ? "capital" : "city", lat, lon, beside, true);
  }
  putNames("river", "lake", "province");
}

/** Fonts of labels and the space between their letters, as the style sheet has them. */
const FONTS = { country: ["600 11.5px", 0.9], sea: ["italic 12px", 0.8], river: ["italic 11px", 0.2], lake: ["italic 11px", 0], province: ["10.5px", 0.6] };
const widths = new Map();
let measure = null;

/** The width of a label, without making the browser lay the page out. */
function textWidth(text, kind) {
  const key = `${kind}:${text}`;
  if (!widths.has(key)) {
    measure ??= document.createElement("canvas").getContext("2d");
    const [font, spacing] = FONTS[kind] ?? ["11.5px", 0];
    measure.font = `${font} system-ui, sans-serif`;
    widths.set(key, measure.measureText(kind === "country" ? text.toUpperCase() : text).width + text.length * spacing + 3);
  }
  return widths.get(key);
}
