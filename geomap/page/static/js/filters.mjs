import { el } from "./dom.mjs";
import { groupName } from "./symbols.mjs";

/** Actors and sources that the list offers; the search finds the others. */
const MOST_NAMES = 40;

/**
 * Search, and what to show: types and classes of certainty that occur, with counts.
 * @param {any} store
 * @param {HTMLElement} root
 */
export function createFilters(store, root) {
  const search = el("input", { type: "search", class: "search", oninput: () => store.set({ query: search.value.trim() }) });
  const types = el("div", { class: "filter-group", role: "group" });
  const sure = el("div", { class: "filter-group", role: "group" });
  const facet = el("select", { class: "facet", onchange: () => store.set({ facet: facet.value }) });
  root.append(search, facet, types, sure);
  const fade = () => {
    const hidden = root.scrollWidth - root.clientWidth;
    const from = Math.abs(root.scrollLeft);
    const rightwards = getComputedStyle(root).direction === "ltr";
    root.classList.toggle(rightwards ? "more-before" : "more-after", from > 2);
    root.classList.toggle(rightwards ? "more-after" : "more-before", hidden - from > 2);
  };
  root.addEventListener("scroll", fade, { passive: true });
  // A wheel that turns one way moves the row.
  root.addEventListener("wheel", (event) => {
    if (root.scrollWidth > root.clientWidth && !event.deltaX) {
      event.preventDefault();
      root.scrollLeft += event.deltaY;
    }
  });
  new ResizeObserver(fade).observe(root);

  /** One choice for who, says who and how exactly: each with its number of events, the most frequent first. */
  function buildFacet() {
    const { t, word, number } = store.locale;
    const counts = new Map();
    for (const event of store.page.events) for (const name of store.facets(event)) counts.set(name, (counts.get(name) ?? 0) + 1);
    const kinds = [["who", "who"], ["source", "source"], ["precision", "legend_places"]];
    facet.replaceChildren(el("option", { value: "" }, t("all")));
    facet.setAttribute("aria-label", kinds.map(([, label]) => t(label)).join(", "));
    for (const [kind, label] of kinds) {
      const names = [...counts].filter(([name]) => name.startsWith(`${kind}:`)).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      if (!names.length) continue;
      const options = names.slice(0, MOST_NAMES).map(([name, n]) => {
        const value = name.slice(kind.length + 1);
        const text = kind === "precision" ? word(`precision.${value}`, value) : value;
        return el("option", { value: name, selected: name === store.state.facet }, `${text} (${number(n)})`);
      });
      facet.append(el("optgroup", { label: t(label) }, ...options));
    }
    facet.hidden = !counts.size;
  }

  function build() {
    const { t, word, number } = store.locale;
    const { events, symbols } = store.page;
    search.placeholder = t("search");
    search.setAttribute("aria-label", t("search"));
    types.setAttribute("aria-label", t("types"));
    sure.setAttribute("aria-label", t("certainties"));
    const toggle = (set, name, label, mark) => {
      const on = store.state[set].has(name);
      const n = events.filter((event) => (set === "groups" ? event.group : event.certainty) === name).length;
      const flip = () => {
        const next = new Set(store.state[set]);
        if (on) next.delete(name);
        else next.add(name);
        store.set({ [set]: next });
      };
      return el("button", { type: "button", class: "filter", "aria-pressed": String(on), "data-filter": name, onclick: flip }, mark, label, el("span", { class: "n" }, number(n)));
    };
    const focused = document.activeElement instanceof HTMLElement && document.activeElement.dataset.filter;
    const groups = Object.keys(symbols.groups).filter((name) => events.some((event) => event.group === name));
    types.replaceChildren(...groups.map((name) => toggle("groups", name, groupName(name, store), el("span", { class: `swatch g-${name}` }))));
    const classes = Object.entries(symbols.certainty).filter(([name]) => events.some((event) => event.certainty === name));
    // A switch for all there is would be of no use.
    sure.hidden = classes.length < 2;
    sure.replaceChildren(
      ...classes.map(([name, { mark }]) => toggle("certainties", name, word(`certainty.${name}`, name), el("span", { class: `swatch mark-${mark} g-mixed` }))),
    );
    buildFacet();
    fade();
    if (focused) /** @type {HTMLElement} */ (root.querySelector(`[data-filter="${CSS.escape(focused)}"]`))?.focus();
  }

  return {
    build,
    focus: () => search.focus(),
    sync() {
      if (search.value.trim() !== store.state.query) search.value = store.state.query;
      build();
    },
  };
}
