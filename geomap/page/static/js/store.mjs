import { locale } from "./i18n.mjs";
import { dayNumber } from "./timescale.mjs";

/**
 * What the page shows now. Views subscribe; `set` tells them what changed.
 *
 * @typedef {object} State
 * @property {string} selected key of an event, or ""
 * @property {string} hovered key of an event, or ""
 * @property {number} article index of the article that is open; -1 is the table of all of them
 * @property {string} ui language
 * @property {Set<string>} groups types that are shown
 * @property {Set<string>} certainties classes of certainty that are shown
 * @property {string} query
 * @property {string} facet "who:…", "source:…" or "precision:…": only events with this actor, source or precision; or ""
 * @property {[number, number] | null} days first and last day that are shown
 */

/** @param {any} page the data block */
export function createStore(page) {
  const byKey = new Map(page.events.map((event) => [event.key, event]));
  /** @type {State} */
  const state = {
    selected: "",
    hovered: "",
    article: page.links.length ? -1 : 0,
    ui: page.ui,
    groups: new Set(page.events.map((event) => event.group)),
    certainties: new Set(Object.entries(page.symbols.certainty).filter(([, c]) => c.shown).map(([name]) => name)),
    query: "",
    facet: "",
    days: null,
  };
  // Where all that an article tells is background, it is what there is to see.
  if (!page.events.some((event) => state.certainties.has(event.certainty))) state.certainties = new Set(Object.keys(page.symbols.certainty));
  /** Events of several articles that are one, by their story. @type {Map<number, any[]>} */
  const stories = new Map();
  for (const event of page.events) if (event.story) stories.set(event.story, [...(stories.get(event.story) ?? []), event]);
  const listeners = [];
  const letters = page.articles.map((article) => Array.from(article.text));
  const searched = new Map(page.events.map((event) => [event.key, searchText(event, page, letters[event.article])]));

  const store = {
    page,
    state,
    locale: locale(page.messages, state.ui),
    /** Code points of each article: spans count these, not UTF-16 units. */
    letters,
    /** @param {string} key */
    event: (key) => byKey.get(key),
    /** @param {any} event */
    quote: (event) => letters[event.article].slice(...event.evidence).join(""),
    /** @param {any} event */
    isVisible: (event) => visible(event, state, searched.get(event.key), store.facets),
    /** Actors, sources and precisions of each event. @param {any} event @returns {string[]} */
    facets: (event) => facets(event, page),
    /** All reports of the story that an event belongs to. @param {any} event @returns {any[]} */
    reports: (event) => stories.get(event.story) ?? [],
    visibleEvents: () => page.events.filter(store.isVisible),
    /** @param {(changed: Set<string>) => void} listener */
    on: (listener) => listeners.push(listener),
    /** @param {Partial<State>} patch */
    set(patch) {
      const changed = new Set(Object.keys(patch).filter((name) => patch[name] !== state[name]));
      if (!changed.size) return;
      Object.assign(state, patch);
      if (changed.has("ui")) store.locale = locale(page.messages, state.ui);
      if (["groups", "certainties", "query", "facet", "days"].some((name) => changed.has(name))) changed.add("visible");
      for (const listener of listeners) listener(changed);
    },
    /** Select an event, showing it although a filter hides it. @param {string} key */
    select(key) {
      const event = byKey.get(key);
      if (!event) return store.set({ selected: "" });
      const patch = { selected: key, article: event.article };
      if (!store.isVisible(event)) {
        patch.groups = new Set([...state.groups, event.group]);
        patch.certainties = new Set([...state.certainties, event.certainty]);
        patch.query = "";
        patch.facet = "";
        patch.days = null;
      }
      return store.set(patch);
    },
    /** The next visible event in the order of the text, or the one before. @param {1 | -1} step */
    step(step) {
      const shown = store.visibleEvents();
      if (!shown.length) return;
      const at = shown.findIndex((event) => event.key === state.selected);
      const next = at < 0 ? (step > 0 ? 0 : shown.length - 1) : (at + step + shown.length) % shown.length;
      store.select(shown[next].key);
    },
  };
  return store;
}

function visible(event, state, text, facetsOf) {
  if (!state.groups.has(event.group) || !state.certainties.has(event.certainty)) return false;
  if (state.query && !text.includes(state.query.toLowerCase())) return false;
  if (state.facet && !facetsOf(event).includes(state.facet)) return false;
  if (state.days && event.time && (event.time.from || event.time.to)) {
    const from = dayNumber(event.time.from || event.time.to);
    const to = dayNumber(event.time.to || event.time.from);
    if (to < state.days[0] || from > state.days[1]) return false;
  }
  return true;
}

function facets(event, page) {
  const names = [
    ...[...event.actors, ...event.recipients].map((actor) => `who:${actor.name}`),
    ...event.attribution.filter((said) => said.source).map((said) => `source:${said.source}`),
    ...event.places.map((link) => `precision:${page.places[link.place].precision}`),
  ];
  return [...new Set(names)];
}

function searchText(event, page, letters) {
  return [
    event.title,
    letters.slice(...event.evidence).join(""),
    ...event.actors.map((actor) => actor.name),
    ...event.recipients.map((actor) => actor.name),
    ...event.attribution.map((said) => said.source),
    ...event.places.map((link) => page.places[link.place].name),
  ]
    .join("\n")
    .toLowerCase();
}
