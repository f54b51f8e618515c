import { placeName } from "./chips.mjs";
import { el } from "./dom.mjs";
import { badge, groupName } from "./symbols.mjs";

/** Other reports of an event that its card lists. */
const MOST_REPORTS = 12;

/**
 * The evidence card of the selected event.
 * @param {any} store
 * @param {HTMLElement} root
 */
export function createCard(store, root) {
  function build() {
    const event = store.event(store.state.selected);
    root.hidden = !event;
    root.replaceChildren();
    if (!event) return;
    const { t } = store.locale;
    const close = el("button", { type: "button", class: "icon close", "aria-label": t("close"), title: t("close"), onclick: () => store.set({ selected: "" }) }, "×");
    const title = el("h2", { dir: "auto" }, badge(event, store, { tag: "span" }), " ", event.title);
    const rows = el("dl", {});
    for (const [name, ...values] of facts(event, store)) {
      const shown = values.flat().filter(Boolean);
      if (!shown.length) continue;
      rows.append(el("dt", {}, t(name)), el("dd", { dir: "auto" }, ...shown));
    }
    const article = store.page.articles[event.article];
    const quote = store.quote(event);
    const source = article.url
      ? el("a", { href: fragment(article.url, quote), target: "_blank", rel: "noopener noreferrer" }, article.outlet || t("source"))
      : article.outlet;
    root.append(
      close,
      title,
      rows,
      el("blockquote", { dir: "auto", lang: article.language }, quote),
      also(event, store) || "",
      el("p", { class: "card-foot" }, source || "", source && event.provenance ? " · " : "", event.provenance),
    );
  }
  return { build };
}

function facts(event, store) {
  const { list, number } = store.locale;
  return [
    ["when", when(event.time, store)],
    ["where", event.places.map((link) => where(link, event, store))],
    ["who", event.actors.length ? list(event.actors.map((actor) => actor.name)) : ""],
    ["to_whom", event.recipients.length ? list(event.recipients.map((actor) => actor.name)) : ""],
    ["how_many", event.quantities.map((q) => el("div", {}, quantity(q, store)))],
    ["what", `${groupName(event.group, store)} · ${event.type}${event.mode ? ` · ${event.mode}` : ""}`],
    ["certainty_label", certainty(event, store)],
    ["event_confidence", event.confidence ? number(event.confidence, { style: "percent" }) : ""],
  ];
}

/** The other articles that tell of the event, each with a way to what it says. */
function also(event, store) {
  const others = store.reports(event).filter((other) => other.article !== event.article);
  if (!others.length) return null;
  const { articles } = store.page;
  const links = others.slice(0, MOST_REPORTS).map((other) => {
    const { headline, id, outlet, language } = articles[other.article];
    return el("li", {}, el("button", { type: "button", class: "report", lang: language, dir: "auto", onclick: () => store.select(other.key) }, headline || id, outlet && ` · ${outlet}`));
  });
  const rest = others.length - links.length;
  return el("div", { class: "also" }, el("h3", {}, store.locale.t("also_in")), el("ul", {}, ...links, rest > 0 && el("li", {}, `+${store.locale.number(rest)}`)));
}

function when(time, store) {
  const { t, day, word } = store.locale;
  if (!time || !(time.from || time.to)) return t("undated");
  const { from, to } = time;
  const dates = from === to ? [day(from)] : from && to ? [t("from_to", { from: day(from), to: day(to) })] : from ? [t("since", { day: day(from) })] : [t("until", { day: day(to) })];
  const iso = el("time", { datetime: from || to, class: "iso" }, from === to ? from : `${from}…${to}`);
  const precision = word(`date_precision.${time.granularity}`);
  const source = time.source === "stated" ? "" : word(`date_source.${time.source}`);
  return [
    el("div", {}, ...dates, " ", iso),
    el("div", { class: "minor" }, time.phrase && el("bdi", {}, `“${time.phrase}”`), [time.phrase ? "" : null, precision, source].filter((s) => s !== null && s !== undefined).filter((s, i) => s || i === 0).join(" · ")),
  ];
}

function where(link, event, store) {
  const { t, word, number } = store.locale;
  const place = store.page.places[link.place];
  const role = link.role === "at" ? "" : ` (${word(`role.${link.role}`, link.role)})`;
  const details = [word(`precision.${place.precision}`, place.precision)];
  const article = store.page.articles[event.article];
  const mentions = article.mentions.filter(([, , id]) => id === link.place);
  const [, , , confidence] = mentions.find(([start]) => start === link.start) ?? mentions[0] ?? [];
  const match = confidence ? t("match", { n: number(confidence, { style: "percent" }) }) : "";
  const alternatives = article.alternatives[link.place] ?? [];
  const names = alternatives.map((a) => [a.name, word(`kind.${a.kind}`, a.kind), a.country].filter(Boolean).join(", "));
  const others = names.length ? t("alternatives", { names: names.join("; ") }) : "";
  return el(
    "div",
    { class: "card-place" },
    el("bdi", {}, placeName(store, link.place)),
    role,
    el("div", { class: "minor" }, details.join(" · ")),
    (match || others) && el("div", { class: "minor" }, [match, others].filter(Boolean).join(" · ")),
    el("div", { class: "minor id" }, [link.place, place.source].filter(Boolean).join(" · ")),
  );
}

function certainty(event, store) {
  const { t, word } = store.locale;
  const said = event.attribution.map((a) => a.source).filter(Boolean);
  return [
    word(`certainty.${event.certainty}`, event.certainty),
    said.length ? ` · ${t("according_to", { who: said.join(" ← ") })}` : "",
  ].join("");
}

function quantity(q, store) {
  const { number } = store.locale;
  const range = q.best !== null ? number(q.best) : [q.low, q.high].map((n) => (n === null ? "" : number(n))).join("–");
  return `${q.approximate ? "≈ " : ""}${range}${q.unit ? ` ${q.unit}` : ""} ${q.what}`;
}

/** A link that opens the source at the quoted words. */
function fragment(url, quote) {
  const words = quote.trim().split(/\s+/u).slice(0, 8).join(" ");
  return `${url.split("#")[0]}#:~:text=${encodeURIComponent(words).replace(/-/g, "%2D")}`;
}
