import { createArticle } from "./article.mjs";
import { createBasemap } from "./basemap.mjs";
import { createCard } from "./card.mjs";
import { countryNames, createChips } from "./chips.mjs";
import { calm, el, narrow } from "./dom.mjs";
import { csv, download, geojson } from "./export.mjs";
import { createFilters } from "./filters.mjs";
import { listenKeys } from "./keys.mjs";
import { createLegend } from "./legend.mjs";
import { createLocator } from "./locator.mjs";
import { unpack, unpackWords } from "./pack.mjs";
import { picture, raster } from "./picture.mjs";
import { createPlaces, definitions } from "./places.mjs";
import { createStore } from "./store.mjs";
import { groupColours } from "./symbols.mjs";
import { createTimeline } from "./timeline.mjs";

/* global L */

/** As near as the first view and a selected town go: beyond it the basemap has nothing more to say. */
const NEAREST = 9;

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur", "ps", "ckb", "sd", "ug", "yi"]);

/**
 * Build the page around the map and return the Leaflet map, for the layers that folium adds.
 * @param {string} id of the map's element
 */
export function start(id) {
  performance.mark("geomap-start");
  const page = JSON.parse(document.getElementById("geomap-data").textContent);
  page.messages = unpackWords(page.messages);
  page.events = unpack(page.events);
  page.places = Object.fromEntries(unpack(page.places).map((place) => [place.id, place]));
  const world = JSON.parse(document.getElementById("geomap-world").textContent);
  world.names = JSON.parse(document.getElementById("geomap-names").textContent);
  const fine = JSON.parse(document.getElementById("geomap-fine").textContent);
  // Small towns come with the cells of the fine map, in the order of their rank.
  for (const cell of Object.values(fine)) world.cities.push(...(cell.cities ?? []));
  world.cities.sort((a, b) => a[2] - b[2]);
  const store = createStore(page);
  performance.mark("geomap-data");
  store.countryName = countryNames(store, world);
  lendJquery();
  lendMarkers();
  const root = document.getElementById("geomap");
  const html = document.documentElement;
  const theme = createTheme(html, page.theme);
  document.head.append(el("style", {}, groupColours(page.symbols.groups)));

  const header = el("header", { class: "top" });
  const aside = el("section", { class: "article-pane", tabindex: 0 });
  const filterBar = el("div", { class: "filters" });
  const pane = /** @type {HTMLElement} */ (root.querySelector(".map-pane"));
  const card = el("aside", { class: "card", hidden: true });
  const legendBox = el("details", { class: "legend" });
  const empty = el("p", { class: "empty", role: "status" });
  const timelinePane = el("section", { class: "timeline" });
  const table = el("section", { class: "print-table" });
  if (RIGHT_TO_LEFT.has(page.links.length ? page.ui : page.articles[0]?.language)) root.dir = "rtl";
  root.prepend(header, aside, filterBar);
  root.append(timelinePane, table);
  pane.append(card, legendBox, empty, definitions(Object.keys(page.symbols.groups)));

  const [west, south, east, north] = page.focus ?? [-150, -45, 170, 65];
  const centre = (west + east) / 2;
  const map = L.map(id, {
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.25,
    zoomDelta: 1,
    minZoom: 1,
    maxZoom: 16,
    zoomAnimation: !calm(),
    fadeAnimation: !calm(),
    markerZoomAnimation: !calm(),
    inertia: !calm(),
    maxBounds: [[-85, -Infinity], [85, Infinity]],
  }).setView([(south + north) / 2, centre], 3);
  for (const [name, z] of [["basemap", 150], ["areas", 410], ["halos", 420], ["borders", 425], ["lines", 430], ["dots", 440], ["labels", 450], ["chips", 640]])
    map.createPane(name).style.zIndex = String(z);
  map.getPane("labels").setAttribute("aria-hidden", "true");
  const zoom = L.control.zoom({ position: "topleft", zoomInTitle: "", zoomOutTitle: "" }).addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false }).addTo(map);
  const credit = L.control.attribution({ position: "bottomright", prefix: "Leaflet" }).addTo(map);
  const basemap = createBasemap(world, fine, page.lines, html).addTo(map);
  const locator = createLocator(map, basemap);
  map.on("layeradd layerremove", () => {
    let tiled = false;
    map.eachLayer((layer) => {
      tiled ||= layer instanceof L.GridLayer;
    });
    map.getContainer().classList.toggle("has-tiles", tiled);
  });

  const room = () => {
    const box = pane.getBoundingClientRect();
    const beside = !card.hidden && !narrow() ? card.offsetWidth + 16 : 0;
    const side = Math.min(50, box.width / 8);
    return { paddingTopLeft: [side, 40], paddingBottomRight: [beside + side, 46] };
  };
  const fit = (bounds) => {
    if (bounds?.isValid() && map.getSize().x) map.flyToBounds(bounds, { ...room(), maxZoom: NEAREST, animate: !calm(), duration: 0.6 });
  };
  const home = () => map.fitBounds([[south, west], [north, east]], { ...room(), maxZoom: NEAREST, animate: false });

  const places = createPlaces(store, map, centre);
  const furniture = () => [...pane.querySelectorAll(".leaflet-control, .card:not([hidden]), .legend, .unplaced:not([hidden])")];
  const chips = createChips(store, map, basemap, places, world, furniture, fit);
  let mention = { place: "", n: 0 };
  const article = createArticle(store, aside, (place) => {
    const again = mention.place === place;
    mention = { place, n: again ? mention.n + 1 : 0 };
    if (again) article.revealPlace(place, mention.n)?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    else article.revealPlace(place, 0);
    places.point(place);
    fit(places.views.get(place).bounds);
  });
  const timeline = createTimeline(store, timelinePane);
  const filters = createFilters(store, filterBar);
  const legend = createLegend(store, legendBox, places);
  const cards = createCard(store, card);
  const help = createHelp(root, store);

  function buildHeader() {
    const { t, count, day } = store.locale;
    html.lang = store.state.ui;
    const first = page.articles[store.state.article];
    const facts = [first?.outlet, first?.date && day(first.date), countText()].filter(Boolean);
    const languages = el("select", { "aria-label": t("language"), onchange: (event) => store.set({ ui: event.target.value }) });
    for (const [code, words] of Object.entries(page.messages)) languages.append(el("option", { value: code, selected: code === store.state.ui, lang: code }, words.name));
    const button = (name, act, attributes = {}) => el("button", { type: "button", onclick: act, ...attributes }, t(name));
    const tools = el(
      "div",
      { class: "tools" },
      languages,
      button(theme.isDark() ? "light" : "dark", () => theme.flip()),
      el(
        "details",
        { class: "save", open: header.querySelector("details.save")?.open ?? false },
        el("summary", {}, t("save")),
        el(
          "div",
          { class: "choices" },
          button("geojson", () => download("events.geojson", "application/geo+json", geojson(store)), { title: t("export_geojson") }),
          button("csv", () => download("events.csv", "text/csv", csv(store)), { title: t("export_csv") }),
          button("svg", () => download("map.svg", "image/svg+xml", view()), { title: t("export_picture") }),
          button("png", async () => download("map.png", "image/png", await raster(view())), { title: t("export_picture") }),
        ),
      ),
      button("print", () => window.print()),
      el("button", { type: "button", class: "icon", title: t("help"), "aria-label": t("help"), onclick: help.open }, "?"),
    );
    const view = () => picture(pane, basemap, document.title);
    const open = header.querySelector("details.menu")?.open ?? false;
    header.replaceChildren(
      el("h1", { dir: "auto", lang: first?.language || false, title: first?.title || false }, first?.headline || first?.id || (page.articles.length ? count("articles", page.articles.length) : "geomap")),
      el("p", { class: "meta", "aria-live": "polite" }, ...facts.flatMap((fact, i) => [i ? " · " : "", el("bdi", {}, fact)])),
      el("details", { class: "menu", open }, el("summary", { "aria-label": t("menu") }, "☰"), tools),
    );
    function countText() {
      const all = page.events.length;
      const shown = store.visibleEvents().length;
      return shown === all ? count("events", all) : t("shown_of", { n: store.locale.number(shown), all: count("events", all) });
    }
  }

  /** Whose boundaries the map draws. */
  function boundaries() {
    const { t, word } = store.locale;
    const known = word(`worldview.${page.worldview}`);
    return known || t("worldview.state", { name: store.countryName(page.worldview) });
  }

  function buildWords() {
    const { t } = store.locale;
    aside.setAttribute("aria-label", t("article"));
    pane.setAttribute("aria-label", t("map"));
    timelinePane.setAttribute("aria-label", t("timeline"));
    card.setAttribute("aria-label", t("evidence"));
    filterBar.setAttribute("aria-label", t("filters"));
    filterBar.setAttribute("role", "search");
    for (const [selector, key] of [[".leaflet-control-zoom-in", "zoom_in"], [".leaflet-control-zoom-out", "zoom_out"]]) {
      const node = zoom.getContainer().querySelector(selector);
      node.title = t(key);
      node.setAttribute("aria-label", t(key));
    }
    credit.setPrefix("Leaflet");
    for (const old of Object.keys(credit._attributions)) if (old.startsWith("Natural Earth")) credit.removeAttribution(old);
    credit.addAttribution(`Natural Earth, ${escapeHtml(boundaries())} · GeoNames · geomap`);
  }

  function buildEmpty() {
    const { t } = store.locale;
    const placed = store.visibleEvents().some((event) => event.places.length);
    empty.textContent = page.events.length === 0 ? t("no_events") : placed ? "" : store.visibleEvents().length ? t("no_placed") : t("none_visible");
    empty.hidden = !empty.textContent;
  }

  function buildTable() {
    const { t, word } = store.locale;
    const head = ["#", ...["what", "when", "where", "certainty_label"].map((key) => t(key))].map((text) => el("th", {}, text));
    const rows = store.visibleEvents().map((event) =>
      el(
        "tr",
        {},
        el("td", {}, String(event.number)),
        el("td", { dir: "auto" }, event.title),
        el("td", {}, event.time ? [...new Set([event.time.from, event.time.to])].filter(Boolean).join(" – ") : ""),
        el("td", { dir: "auto" }, event.places.map((link) => page.places[link.place].name).join(", ")),
        el("td", {}, [word(`certainty.${event.certainty}`), ...event.attribution.map((said) => said.source)].join(" · ")),
      ),
    );
    table.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)));
  }

  function buildAll() {
    buildWords();
    buildHeader();
    article.build();
    places.sync();
    timeline.reset();
    timeline.build();
    filters.build();
    legend.build();
    cards.build();
    chips.build();
    buildEmpty();
  }

  store.on((changed) => {
    if (changed.has("ui")) {
      buildAll();
      return;
    }
    if (changed.has("article")) article.build();
    if (changed.has("visible")) {
      places.sync();
      chips.build();
      if (store.state.days === null && changed.has("days")) timeline.reset();
      timeline.build();
      filters.sync();
      legend.build();
      buildEmpty();
    }
    if (changed.has("visible") || changed.has("article")) buildHeader();
    article.mark();
    chips.mark();
    timeline.mark();
    if (changed.has("selected")) {
      cards.build();
      places.point(null);
      mention = { place: "", n: 0 };
      article.reveal();
      const event = store.event(store.state.selected);
      setHash(event ? `#${event.key}` : "");
      if (event) fit(places.bounds(event));
      chips.schedule();
    }
    places.light();
  });

  // One listener for every badge on the page: hover lights, click selects.
  const closest = (event, selector) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest?.(selector));
  for (const [types, value] of Object.entries({ "pointerover focusin": true, "pointerout focusout": false })) {
    for (const type of types.split(" ")) {
      root.addEventListener(type, (event) => {
        const at = closest(event, "[data-event], [data-events]");
        if (at) store.set({ hovered: value ? (at.dataset.event ?? at.dataset.events.split(" ")[0]) : "" });
      });
    }
  }
  root.addEventListener("click", (event) => {
    const at = closest(event, "[data-event]");
    if (at) store.select(at.dataset.event);
    else if (!closest(event, ".place, .card")) {
      const evidence = closest(event, ".evidence");
      if (evidence) store.select(evidence.dataset.events.split(" ").find((key) => store.isVisible(store.event(key))) ?? "");
    }
  });
  listenKeys({
    step: store.step,
    search: filters.focus,
    back: () => {
      if (store.state.selected) store.set({ selected: "" });
      else home();
      places.point(null);
    },
    help: help.open,
  });
  theme.on(() => {
    basemap.redraw();
    locator.draw();
    buildHeader();
  });
  addEventListener("hashchange", () => selectHash(store));
  let onScreen = null;
  const paper = (is) => () => {
    if (is) onScreen = { centre: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds().pad(-0.12) };
    html.classList.toggle("printing", is);
    theme.print(is);
    if (is) {
      buildTable();
      article.whole();
    }
    map.invalidateSize({ animate: false });
    if (is) map.fitBounds(onScreen.bounds, { animate: false });
    else map.setView(onScreen.centre, onScreen.zoom, { animate: false });
    timeline.build();
    chips.layout();
  };
  addEventListener("beforeprint", paper(true));
  addEventListener("afterprint", paper(false));

  buildAll();
  performance.mark("geomap-built");
  // A frame that has no size yet would make the view NaN: wait until it has one.
  let sized = false;
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    if (!map.getSize().x || !map.getSize().y) return;
    if (!sized) {
      sized = true;
      home();
      selectHash(store);
      html.dataset.ready = "true";
      performance.mark("geomap-ready");
    }
    timeline.build();
    chips.schedule();
  }).observe(map.getContainer());
  legendBox.addEventListener("toggle", () => chips.schedule());
  legendBox.open = page.legend;
  return map;
}

/** The corner of jQuery that folium's popups and `keep_in_front` use: the page carries no more of it. */
function lendJquery() {
  window.$ ??= (what) =>
    typeof what === "string" ? new DOMParser().parseFromString(what, "text/html").body.children : { ready: (act) => act() };
}

/** Markers that folium adds: Leaflet's own are images, and those of folium's icons come from a network. */
function lendMarkers() {
  const pin = ({ markerColor = "" } = {}) => {
    const head = el("span", {});
    head.style.backgroundColor = markerColor;
    return L.divIcon({ className: "pin", html: head, iconSize: [26, 34], iconAnchor: [13, 33], popupAnchor: [0, -30], tooltipAnchor: [13, -20] });
  };
  L.Marker.mergeOptions({ icon: pin() });
  L.AwesomeMarkers ??= { icon: pin };
}

function selectHash(store) {
  let key;
  try {
    key = decodeURIComponent(location.hash.slice(1));
  } catch {
    return; // not a link of ours
  }
  if (store.event(key) && key !== store.state.selected) store.select(key);
}

/** Sandboxed frames forbid this. */
function setHash(hash) {
  try {
    history.replaceState(null, "", hash || location.pathname + location.search);
  } catch {
    return;
  }
}

function escapeHtml(text) {
  return el("span", {}, text).innerHTML;
}

function createTheme(html, asked) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = asked === "auto" ? "" : asked;
  const listeners = [];
  const isDark = () => (chosen ? chosen === "dark" : system.matches);
  let printing = false;
  const apply = () => {
    html.dataset.theme = isDark() && !printing ? "dark" : "light";
    for (const listener of listeners) listener();
  };
  system.addEventListener("change", apply);
  apply();
  return {
    isDark,
    flip() {
      chosen = isDark() ? "light" : "dark";
      apply();
    },
    /** Paper is white. @param {boolean} is */
    print(is) {
      printing = is;
      apply();
    },
    on: (listener) => listeners.push(listener),
  };
}

function createHelp(root, store) {
  const dialog = el("dialog", { class: "help" });
  root.append(dialog);
  return {
    open() {
      const { t } = store.locale;
      const row = (key, what) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(what))];
      dialog.replaceChildren(
        el("h2", {}, t("help")),
        el("dl", {}, ...row("j", "next"), ...row("k", "previous"), ...row("/", "search"), ...row("Esc", "help_back"), ...row("?", "help")),
        el("form", { method: "dialog" }, el("button", {}, t("close"))),
      );
      dialog.setAttribute("aria-label", t("help"));
      if (!dialog.open) dialog.showModal();
    },
  };
}
