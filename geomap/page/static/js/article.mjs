import { calm, el } from "./dom.mjs";
import { badge } from "./symbols.mjs";
import { byParagraph, pieces } from "./textmarks.mjs";

/** A first line that repeats the title is a headline if it has fewer letters than this. */
const HEADLINE = 160;

/** With more articles than this, a list instead of tabs. */
const MANY_ARTICLES = 8;

/**
 * The article with its places and events marked.
 * @param {any} store
 * @param {HTMLElement} root
 * @param {(place: string) => void} showPlace
 */
export function createArticle(store, root, showPlace) {
  const tabs = el("div", { class: "tabs", role: "tablist" });
  const notes = el("div", { class: "notes" });
  const body = el("article", { class: "text" });
  root.append(tabs, notes, body);
  /** Mentions that have a part which takes the focus. @type {Set<number>} */
  let focusable = new Set();

  /** Completes a list that is built as far as it is read. */
  let whole = () => {};

  function build() {
    const { page, state, locale } = store;
    const article = page.articles[state.article];
    tabs.hidden = page.articles.length < 2 || state.article < 0;
    const name = (a, i) => a.headline || a.id || locale.t("article_n", { n: i + 1 });
    const open = (i) => store.set({ article: i, selected: "" });
    if (page.links.length) {
      tabs.removeAttribute("role");
      tabs.replaceChildren(
        el("button", { type: "button", class: "back", onclick: () => open(-1) }, locale.t("all_articles")),
        el("a", { class: "own-page", href: page.links[state.article] ?? "" }, "↗"),
      );
    } else if (page.articles.length > MANY_ARTICLES) {
      const choice = el("select", { "aria-label": locale.t("article"), onchange: () => open(+choice.value) });
      choice.append(...page.articles.map((a, i) => el("option", { value: i, selected: i === state.article }, name(a, i))));
      tabs.replaceChildren(choice);
      tabs.removeAttribute("role");
    } else
      tabs.replaceChildren(
        ...page.articles.map((a, i) =>
          el("button", { type: "button", role: "tab", "aria-selected": String(i === state.article), dir: "auto", onclick: () => open(i) }, name(a, i)),
        ),
      );
    body.replaceChildren();
    notes.replaceChildren();
    body.removeAttribute("lang");
    whole = () => {};
    if (state.article < 0) {
      const list = tableOfArticles(store, name);
      body.append(list.table);
      ({ whole } = list);
    }
    if (!article) return;
    for (const { name: known, text } of article.warnings) notes.append(el("p", { class: "note", dir: "auto" }, locale.word(`warning.${known}`, text)));
    const events = page.events.filter((event) => event.article === state.article);
    if (!article.mentions.length && !events.some((event) => event.places.length)) notes.append(el("p", { class: "note" }, locale.t("no_places")));
    body.lang = article.language;
    body.dir = "auto";
    const marks = [
      ...events.flatMap((event) => [
        { start: event.evidence[0], end: event.evidence[1], kind: "evidence", index: event.number },
        { start: event.trigger[0], end: event.trigger[1], kind: "trigger", index: event.number },
      ]),
      ...article.mentions.map(([start, end], i) => ({ start, end, kind: "mention", index: i })),
    ];
    const letters = store.letters[state.article];
    focusable = new Set();
    const marked = byParagraph(article.paragraphs, marks);
    article.paragraphs.forEach(([start, end], i) => {
      const headed = i === 0 && letters.slice(start, end).join("").trim() === article.title && end - start < HEADLINE;
      const p = el("p", { dir: "auto", class: headed && "headline" });
      for (const piece of pieces(letters, start, end, marked[i])) p.append(...render(piece, article));
      body.append(p);
    });
    mark();
  }

  function render(piece, article) {
    const out = [];
    for (const m of piece.starting.filter((m) => m.kind === "trigger")) out.push(badge(store.page.events[m.index - 1], store));
    const evidence = piece.marks.filter((m) => m.kind === "evidence").map((m) => store.page.events[m.index - 1]);
    const trigger = piece.marks.find((m) => m.kind === "trigger");
    // Of names within names ("the border of Tajikistan") the inner one is the button; the outer has the rest, and a
    // second line under the whole.
    const names = piece.marks.filter((m) => m.kind === "mention").sort((a, b) => a.end - a.start - (b.end - b.start));
    const [mention] = names;
    let node = document.createTextNode(piece.text);
    if (mention) {
      const place = article.mentions[mention.index][2];
      // The parts of a name that a mark cuts act as one button: the first takes the focus.
      const first = !focusable.has(mention.index);
      focusable.add(mention.index);
      node = el("span", { class: names.length > 1 ? "place nested" : "place", role: "button", tabindex: first ? 0 : false, "data-place": place, onclick: () => showPlace(place), onkeydown: enter(() => showPlace(place)) }, node);
    }
    if (trigger) node = el("span", { class: `trigger g-${store.page.events[trigger.index - 1].group}` }, node);
    if (evidence.length) {
      const keys = evidence.map((event) => event.key).join(" ");
      node = el("span", { class: "evidence", "data-events": keys }, node);
    }
    out.push(node);
    return out;
  }

  /** Grey out what is filtered away; light the event that is hovered or selected. */
  function mark() {
    const { selected, hovered } = store.state;
    for (const node of body.querySelectorAll(".badge")) {
      const event = store.event(node.dataset.event);
      node.classList.toggle("filtered", !store.isVisible(event));
      node.classList.toggle("selected", event.key === selected);
      node.classList.toggle("hovered", event.key === hovered);
    }
    for (const node of body.querySelectorAll(".evidence")) {
      const keys = node.dataset.events.split(" ");
      node.classList.toggle("selected", keys.includes(selected));
      node.classList.toggle("hovered", keys.includes(hovered));
      node.classList.toggle("filtered", keys.every((key) => !store.isVisible(store.event(key))));
    }
  }

  /** Bring the sentence of the selected event to the middle. */
  function reveal() {
    const node = body.querySelector(".badge.selected");
    if (!node || root.clientHeight >= root.scrollHeight) return;
    const top = node.getBoundingClientRect().top - root.getBoundingClientRect().top + root.scrollTop;
    root.scrollTo({ top: top - root.clientHeight / 2, behavior: calm() ? "auto" : "smooth" });
  }

  /** Light the n-th mention of a place and bring it into view. @param {string} place @param {number} n */
  function revealPlace(place, n) {
    const found = [...body.querySelectorAll(".place[tabindex]")].filter((node) => node.dataset.place === place);
    for (const node of body.querySelectorAll(".place.lit")) node.classList.remove("lit");
    const node = found[n % found.length];
    node?.classList.add("lit");
    return node;
  }

  return { build, mark, reveal, revealPlace, whole: () => whole() };
}

/** Rows of a list that are built at a time. */
const ROWS = 200;

/**
 * The articles of an index, each with a link to its page and what it tells of. Rows are made as the list is scrolled.
 * @param {any} store
 * @param {(article: any, i: number) => string} name
 */
function tableOfArticles(store, name) {
  const { page } = store;
  const { t, count, day, number } = store.locale;
  const events = page.articles.map(() => 0);
  for (const event of page.events) events[event.article]++;
  const head = [count("articles", page.articles.length), t("published"), count("events", page.events.length)];
  const row = (article, i) =>
    el(
      "tr",
      {},
      el("td", { dir: "auto", lang: article.language || false }, el("a", { href: page.links[i] }, name(article, i)), article.outlet && el("div", { class: "minor" }, article.outlet)),
      el("td", {}, article.date && el("time", { datetime: article.date }, day(article.date))),
      el("td", { class: "n" }, number(events[i])),
    );
  const rows = el("tbody", {});
  let made = 0;
  const more = (count) => {
    rows.append(...page.articles.slice(made, made + count).map((article, i) => row(article, made + i)));
    made = Math.min(page.articles.length, made + count);
  };
  more(ROWS);
  const near = new IntersectionObserver(([{ isIntersecting, target }]) => {
    if (!isIntersecting) return;
    near.unobserve(target);
    more(ROWS);
    watch();
  });
  const watch = () => {
    if (made < page.articles.length) near.observe(rows.lastElementChild);
  };
  watch();
  const table = el("table", { class: "articles" }, el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))), rows);
  return { table, whole: () => more(page.articles.length) };
}

function enter(act) {
  return (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act();
  };
}
