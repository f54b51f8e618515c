import { svg } from "./dom.mjs";
import { nearLongitude } from "./geometry.mjs";
import { decodeLine } from "./lines.mjs";
import { drawnAs, isArea, isLine } from "./symbols.mjs";

/* global L */

/**
 * The places of the events on the map: each drawn as what is known of it, and no better.
 *
 * @typedef {object} PlaceView
 * @property {string} id
 * @property {any} place
 * @property {string} as see `drawnAs`
 * @property {boolean} area
 * @property {boolean} line
 * @property {[number, number][][][]} parts rings or lines of the geometry, lat/lon
 * @property {[number, number]} point lat/lon
 * @property {any} bounds L.LatLngBounds
 * @property {any[]} layers what is on the map now
 * @property {any} halo
 */

/** From this many places on, dots are drawn on a canvas. */
const MANY = 300;

/** Pattern and filter definitions that the paths refer to. */
export function definitions(groups) {
  const patterns = [...groups, "mixed"].map((group) =>
    svg(
      "pattern",
      { id: `hatch-${group}`, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)", class: `g-${group}` },
      svg("rect", { width: 7, height: 7, class: "hatch-ground" }),
      svg("line", { x1: 0, y1: 0, x2: 0, y2: 7, class: "hatch-line" }),
    ),
  );
  const soft = svg("filter", { id: "soft-edge", x: "-20%", y: "-20%", width: "140%", height: "140%" });
  soft.append(svg("feGaussianBlur", { stdDeviation: 7 }));
  return svg("svg", { class: "definitions", width: 0, height: 0, "aria-hidden": "true" }, svg("defs", {}, ...patterns, soft));
}

/**
 * @param {any} store
 * @param {any} map
 * @param {number} centre longitude of the first view: the world is unrolled around it
 */
export function createPlaces(store, map, centre) {
  /** @type {Map<string, PlaceView>} */
  const views = new Map();
  // SVG is styled and sharp, a canvas is quick: from some hundreds of places on, that counts.
  const many = Object.keys(store.page.places).length > MANY;
  const renderer = many && L.canvas({ pane: "dots" });
  const dots = (group) => {
    const fillColor = store.page.symbols.groups[group]?.colour ?? "#5b5348";
    return renderer ? { renderer, radius: 3.5, color: "#fff", weight: 1, fillColor, fillOpacity: 1 } : {};
  };
  for (const [id, place] of Object.entries(store.page.places)) views.set(id, view(id, place, centre));
  let lit = null;

  function clear(v) {
    for (const layer of v.layers) layer.remove();
    v.layers = [];
  }

  /** Draw the places of the visible events anew. */
  function sync() {
    const shown = eventsByPlace(store);
    for (const v of views.values()) {
      clear(v);
      const links = shown.get(v.id);
      if (links) drawPlace(v, links, map, store, dots);
    }
    light();
  }

  /** Put a halo on the places of the event that is hovered or selected. */
  function light() {
    for (const v of views.values()) {
      v.halo?.remove();
      v.halo = null;
    }
    for (const key of new Set([store.state.selected, store.state.hovered])) {
      const event = store.event(key);
      if (!event) continue;
      for (const link of event.places) {
        if (link.role === "about" && event.places.some((other) => other.role !== "about")) continue;
        const v = views.get(link.place);
        if (!v.halo) v.halo = halo(v, event.group).addTo(map);
      }
    }
    if (lit) {
      const v = views.get(lit);
      if (v && !v.halo && v.parts.length) v.halo = halo(v, "mention").addTo(map);
    }
  }

  return {
    views,
    sync,
    light,
    /** Show where a place is that was clicked in the text. @param {string | null} id */
    point(id) {
      lit = id;
      light();
    },
    /** @param {any} event */
    bounds(event) {
      const links = event.places.filter((link) => link.role !== "about");
      return union((links.length ? links : event.places).map((link) => views.get(link.place)));
    },
  };
}

/**
 * Visible events by place: {event, about} once an event.
 * @param {any} store
 * @returns {Map<string, {event: any, about: boolean}[]>}
 */
export function eventsByPlace(store) {
  const out = new Map();
  for (const event of store.visibleEvents()) {
    const links = new Map();
    for (const link of event.places)
      links.set(link.place, (links.get(link.place) ?? true) && (link.role === "about" || event.draw === "light"));
    for (const [place, about] of links) {
      if (!out.has(place)) out.set(place, []);
      out.get(place).push({ event, about });
    }
  }
  return out;
}

/** @returns {PlaceView} */
function view(id, place, centre) {
  /** @type {[number, number]} */
  const point = [place.lat, nearLongitude(place.lon, centre)];
  const parts = (place.shape?.parts ?? []).map((part) => part.map((line) => latLngs(line, place.shape.grid, point[1])));
  const bounds = L.latLngBounds([]);
  for (const part of parts) for (const line of part) for (const p of line) bounds.extend(p);
  if (!bounds.isValid()) {
    const radius = Math.max(place.radius_km, 3) / 111;
    bounds.extend([point[0] - radius, point[1] - radius]).extend([point[0] + radius, point[1] + radius]);
  }
  return { id, place, as: drawnAs(place), area: isArea(place), line: isLine(place), parts, point, bounds, layers: [], halo: null };
}

/**
 * A part lies on the side of the world where its place is: Chukotka beside the rest of Russia.
 * @returns {[number, number][]}
 */
function latLngs(text, grid, lon) {
  const xy = decodeLine(text, grid);
  let west = Infinity;
  let east = -Infinity;
  for (let i = 0; i < xy.length; i += 2) {
    west = Math.min(west, xy[i]);
    east = Math.max(east, xy[i]);
  }
  const middle = (west + east) / 2;
  const turn = nearLongitude(middle, lon) - middle;
  /** @type {[number, number][]} */
  const out = [];
  for (let i = 0; i < xy.length; i += 2) out.push([xy[i + 1], xy[i] + turn]);
  return out;
}

/** The area that holds the places, or the first one alone where they are a hemisphere apart. */
function union(views) {
  if (!views.length) return null;
  const bounds = L.latLngBounds(views[0].bounds.getSouthWest(), views[0].bounds.getNorthEast());
  for (const v of views.slice(1)) {
    const both = L.latLngBounds(bounds.getSouthWest(), bounds.getNorthEast()).extend(v.bounds);
    if (both.getEast() - both.getWest() < 50) bounds.extend(v.bounds);
  }
  return bounds;
}

function drawPlace(v, links, map, store, dots) {
  const groups = new Set(links.map((link) => link.event.group));
  const group = groups.size === 1 ? [...groups][0] : "mixed";
  const faint = links.every((link) => link.about) ? " faint" : "";
  const add = (layer) => {
    v.layers.push(layer.addTo(map));
    layer.on("click", () => store.set({ selected: links[0].event.key }));
    layer.on("mouseover", () => store.set({ hovered: links[0].event.key }));
    layer.on("mouseout", () => store.set({ hovered: "" }));
  };
  // A river that is a border is seen as a river: its blue lies over the dashes.
  const common = { pane: v.as === "border" ? "borders" : v.line ? "lines" : v.area ? "areas" : "dots", bubblingMouseEvents: false };
  if (v.parts.length && v.line) {
    const lines = v.parts.flat();
    add(L.polyline(lines, { ...common, className: `casing as-${v.as}${faint}`, interactive: false }));
    add(L.polyline(lines, { ...common, className: `line as-${v.as}${faint}` }));
    // A wide invisible line is what a finger can hit.
    add(L.polyline(lines, { ...common, className: "touch" }));
  } else if (v.parts.length) {
    const edges = edgesBesideSeam(v.parts);
    const style = `as-${v.as} g-${group}${faint}`;
    add(L.polygon(v.parts, { ...common, className: `area ${style}${edges ? " unlined" : ""}`, fillColor: `url(#hatch-${group})` }));
    if (edges) add(L.polyline(edges, { ...common, className: `area ${style}`, interactive: false }));
  } else if (v.area) {
    // No outline is known: the circle that holds the place; for a country, its badge alone.
    if (v.as !== "country" && v.place.radius_km > 0)
      add(L.circle(v.point, { ...common, radius: v.place.radius_km * 1000, className: `area as-${v.as} g-${group}${faint}`, fillColor: `url(#hatch-${group})` }));
  } else {
    add(L.circleMarker(v.point, { ...common, radius: 5, className: `dot g-${group}${faint}`, ...dots(group) }));
  }
}

/** A cut at the antimeridian is no edge: the outlines without it, or null where nothing is cut. */
function edgesBesideSeam(parts) {
  const onSeam = ([, lon]) => Math.abs((((lon % 360) + 360) % 360) - 180) < 1e-6;
  let cut = false;
  const lines = parts.flat().flatMap((ring) => {
    const closed = [...ring, ring[0]];
    const runs = [[closed[0]]];
    for (let i = 1; i < closed.length; i++) {
      if (onSeam(closed[i - 1]) && onSeam(closed[i])) {
        cut = true;
        runs.push([]);
      }
      runs.at(-1).push(closed[i]);
    }
    return runs.filter((run) => run.length > 1);
  });
  return cut ? lines : null;
}

function halo(v, group) {
  const options = { pane: "halos", interactive: false, className: `halo g-${group}${v.area ? " of-area" : ""}${v.as === "vague" ? " of-vague" : ""}` };
  if (v.parts.length) return v.line ? L.polyline(v.parts.flat(), options) : L.polygon(v.parts, options);
  if (v.area && v.place.radius_km > 0) return L.circle(v.point, { ...options, radius: v.place.radius_km * 1000 });
  return L.circleMarker(v.point, { ...options, radius: 11 });
}
