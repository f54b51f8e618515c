import { el } from "./dom.mjs";

/**
 * The numbered badge of an event: colour and number say the type, the outline says how sure it is.
 * @param {any} event
 * @param {any} store
 * @param {{tag?: string, place?: any, about?: boolean}} [options] a badge on an area is square
 */
export function badge(event, store, { tag = "button", place = null, about = false } = {}) {
  const { t, word } = store.locale;
  const mark = store.page.symbols.certainty[event.certainty].mark;
  const classes = ["badge", `mark-${mark}`, `g-${event.group}`];
  if (place && isArea(place)) classes.push("square");
  if (about) classes.push("about");
  const node = el(tag, { class: classes.join(" "), "data-event": event.key }, String(event.number));
  if (tag === "button") {
    node.type = "button";
    const what = [groupName(event.group, store), word(`certainty.${event.certainty}`)].join(", ");
    node.setAttribute("aria-label", t("badge", { n: event.number, title: event.title, what }));
    node.title = event.title;
  }
  return node;
}

/** Badges of events that have no spot of their own, before the rest is merely counted. */
const MOST_LOOSE = 60;

/**
 * The badges of some events; of a host of them the first, and how many more there are.
 * @param {any[]} events
 * @param {any} store
 */
export function fewBadges(events, store) {
  const badges = events.slice(0, MOST_LOOSE).map((event) => badge(event, store));
  const rest = events.length - badges.length;
  return rest > 0 ? [...badges, el("span", {}, `+${store.locale.number(rest)}`)] : badges;
}

/**
 * Is the place known no better than as an area?
 * @param {any} place
 */
export function isArea(place) {
  return place.shape?.type === "polygon" || ["country", "area", "vague"].includes(place.precision);
}

/** @param {any} place */
export function isLine(place) {
  return place.shape?.type === "line" || place.precision === "line";
}

/**
 * How the place is drawn: "river", "border", "line", "country", "area", "vague" or "point".
 * @param {any} place
 */
export function drawnAs(place) {
  if (isLine(place)) {
    // A bridge without a name, or a bank, is drawn as its river.
    const kinds = place.kind === "described" ? place.parents.map((id) => id.split(":")[0]) : [place.kind];
    if (kinds.includes("border")) return "border";
    return ["river", "canal", "strait"].some((kind) => kinds.includes(kind)) ? "river" : "line";
  }
  if (place.precision === "vague" || (place.kind === "described" && isArea(place))) return "vague";
  if (place.precision === "country") return "country";
  if (isArea(place)) return "area";
  return "point";
}

/**
 * What a group of events is called: by its own label, or as the kind of event that it is.
 * @param {string} name
 * @param {any} store
 */
export function groupName(name, store) {
  return store.page.symbols.groups[name]?.label ?? store.locale.word(`type.${name}`, name);
}

/**
 * The colours of the groups as a style sheet: --g for lines and text, --g-fill under white numbers.
 * @param {Record<string, {colour: string, dark: string}>} groups
 */
export function groupColours(groups) {
  return Object.entries(groups)
    .map(([name, { colour, dark }]) => `.g-${name}{--g:${colour};--g-fill:${colour}}[data-theme="dark"] .g-${name}{--g:${dark}}`)
    .join("");
}
