import { el } from "./dom.mjs";
import { eventsByPlace } from "./places.mjs";
import { groupName } from "./symbols.mjs";

/**
 * The legend: what the map shows now, and nothing else.
 * @param {any} store
 * @param {HTMLDetailsElement} root
 * @param {any} places
 */
export function createLegend(store, root, places) {
  function build() {
    const { t, word } = store.locale;
    const shown = eventsByPlace(store);
    const events = store.visibleEvents();
    const kinds = ["point", "river", "border", "line", "area", "country", "vague"];
    const present = new Set([...shown.keys()].map((id) => places.views.get(id).as));
    const groups = Object.keys(store.page.symbols.groups).filter((name) => events.some((event) => event.group === name));
    const classes = Object.entries(store.page.symbols.certainty).filter(([name]) => events.some((event) => event.certainty === name));
    const row = (swatch, text) => el("li", {}, swatch, text);
    const list = (title, rows) => rows.length && el("section", {}, el("h3", {}, t(title)), el("ul", {}, ...rows));
    root.replaceChildren(
      el("summary", {}, t("legend")),
      list("legend_places", kinds.filter((k) => present.has(k)).map((k) => row(el("span", { class: `glyph as-${k}` }), word(`drawn.${k}`, k)))),
      list("types", groups.map((g) => row(el("span", { class: `swatch g-${g}` }), groupName(g, store)))),
      list("certainties", classes.map(([name, { mark }]) => row(el("span", { class: `swatch mark-${mark} g-mixed` }), word(`certainty.${name}`, name)))),
    );
    root.hidden = !events.length;
  }
  return { build };
}
