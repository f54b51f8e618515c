import { el, svg } from "./dom.mjs";
import { badge, fewBadges } from "./symbols.mjs";
import { dayDate, dayNumber, lanes, slots, timeScale } from "./timescale.mjs";

/** Badge and lane sizes in pixels; the axis needs room for half a date at each end. */
const BADGE = 20;
const LANE = 22;
/** How far a bar with an open side reaches. */
const OPEN = 16;
const SIDE = 34;
/** From this many events on the timeline is a histogram, of this height in pixels. */
const CROWD = 150;
const HISTOGRAM = 100;
/** How long each event stays when the story plays. */
const PLAY_MS = 2600;

/**
 * Events in time: one lane above the other, long gaps cut, undated ones apart.
 * @param {any} store
 * @param {HTMLElement} root
 */
export function createTimeline(store, root) {
  const stage = el("div", { class: "stage" });
  const controls = el("div", { class: "steps" });
  const undated = el("div", { class: "undated" });
  const ranges = el("div", { class: "ranges" });
  root.append(controls, el("div", { class: "time-view" }, el("div", { class: "stage-scroll" }, stage), ranges), undated);
  // Articles of several days have no day of publication that a marker could show.
  const issued = new Set(store.page.articles.map((a) => a.date).filter(Boolean));
  const published = issued.size === 1 ? [...issued][0] : "";
  const dated = (event) => event.time && (event.time.from || event.time.to);
  root.classList.toggle("dateless", !store.page.events.some(dated));
  /** The scale of what is shown; `whole`, that of the two handles, knows all events. */
  const whole = timeScale(store.page.events.filter(dated).map((event) => event.time), published);
  let playing = 0;

  function build() {
    const { t } = store.locale;
    stage.replaceChildren();
    const width = root.querySelector(".time-view").clientWidth || 600;
    const x = (share) => SIDE + share * (width - 2 * SIDE);
    const events = store.visibleEvents().filter(dated);
    const scale = timeScale(events.map((event) => event.time), published);
    // Long bars lie at the bottom, like strata; the badges of single days stand on them.
    const crowd = events.length > CROWD;
    if (crowd) histogram(events, scale, x, width);
    // Of a crowd, the selected event alone has its badge.
    const single = crowd ? events.filter((event) => event.key === store.state.selected) : events;
    const bars = single.map((event) => bar(event, scale, x)).sort((a, b) => span(b) - span(a));
    const rows = lanes(bars.map((b) => b.slots));
    const count = Math.max(1, ...rows.map((row) => row.lane + 1));
    const height = crowd ? HISTOGRAM + 26 : count * LANE + 26;
    stage.style.height = `${height}px`;
    if (scale) stage.append(axis(scale, x, width, height, published, store));
    bars.forEach((b, i) => {
      const top = height - 23 - (rows[i].lane + 1) * LANE;
      const { event } = b;
      const { left, right } = b.slots[rows[i].slot];
      const { from, to } = event.time;
      if (b.long || !from || !to) {
        // An open side fades out; how far says nothing.
        const node = el("div", { class: `bar g-${event.group}${from ? "" : " open-start"}${to ? "" : " open-end"}`, "data-event": event.key });
        Object.assign(node.style, { left: `${left}px`, width: `${right - left}px`, top: `${top + 1}px` });
        stage.append(node);
      }
      const node = badge(event, store);
      const middle = !from ? right - BADGE / 2 : !to ? left + BADGE / 2 : (left + right) / 2;
      Object.assign(node.style, { left: `${middle - BADGE / 2}px`, top: `${top}px` });
      stage.append(node);
    });
    stage.parentElement.scrollTop = height;
    root.hidden = !store.page.events.length;
    const loose = store.visibleEvents().filter((event) => !dated(event));
    undated.hidden = !loose.length;
    undated.replaceChildren(el("span", {}, t("undated")), ...fewBadges(loose, store));
    buildControls();
    buildRange();
    mark();
  }

  /** Too many for badges: how many began when, by type. A bin narrows the view to its days. */
  function histogram(events, scale, x, width) {
    const { count, day } = store.locale;
    const bins = Array.from({ length: Math.max(10, Math.floor((width - 2 * SIDE) / 14)) }, () => /** @type {any[]} */ ([]));
    for (const event of events) {
      const at = scale.at(dayNumber(event.time.from || event.time.to));
      bins[Math.min(bins.length - 1, Math.floor(at * bins.length))].push(event);
    }
    const most = Math.max(...bins.map((bin) => bin.length));
    bins.forEach((bin, i) => {
      if (!bin.length) return;
      const days = bin.map((event) => dayNumber(event.time.from || event.time.to)).sort((a, b) => a - b);
      const iso = (n) => dayDate(n).toISOString().slice(0, 10);
      const label = `${count("events", bin.length)}, ${day(iso(days[0]))} – ${day(iso(days.at(-1)))}`;
      const node = el("button", { type: "button", class: "bin", title: label, "aria-label": label, onclick: () => store.set({ days: [days[0], days.at(-1)] }) });
      const left = x(i / bins.length);
      Object.assign(node.style, { left: `${left}px`, width: `${x((i + 1) / bins.length) - left - 1}px`, bottom: "23px", height: `${HISTOGRAM}px` });
      for (const group of Object.keys(store.page.symbols.groups)) {
        const n = bin.filter((event) => event.group === group).length;
        const part = n && el("span", { class: `g-${group}` });
        if (!part) continue;
        part.style.height = `${(HISTOGRAM * n) / most}px`;
        node.append(part);
      }
      stage.append(node);
    });
  }

  function buildControls() {
    const { t, number } = store.locale;
    const shown = store.visibleEvents();
    const at = shown.findIndex((event) => event.key === store.state.selected);
    const play = el("button", { type: "button", class: "icon", "aria-pressed": String(Boolean(playing)), title: t(playing ? "pause" : "play"), "aria-label": t(playing ? "pause" : "play"), onclick: toggle }, playing ? "❚❚" : "▶");
    controls.replaceChildren(
      el("button", { type: "button", class: "icon", title: t("previous"), "aria-label": t("previous"), onclick: () => store.step(-1) }, "‹"),
      play,
      el("button", { type: "button", class: "icon", title: t("next"), "aria-label": t("next"), onclick: () => store.step(1) }, "›"),
      el("span", { class: "position" }, `${at < 0 ? "–" : number(at + 1)} / ${number(shown.length)}`),
    );
  }

  function toggle() {
    if (playing) {
      clearInterval(playing);
      playing = 0;
    } else {
      store.step(1);
      playing = setInterval(() => {
        const shown = store.visibleEvents();
        if (shown.at(-1)?.key === store.state.selected) toggle();
        else store.step(1);
      }, PLAY_MS);
    }
    buildControls();
  }

  function buildRange() {
    const { t, day } = store.locale;
    if (!whole || whole.days.length < 2) {
      ranges.hidden = true;
      return;
    }
    if (ranges.childElementCount) return;
    const last = whole.days.length - 1;
    const label = (i) => day(dayDate(whole.days[i]).toISOString().slice(0, 10));
    const handle = (name, value) =>
      el("input", { type: "range", min: 0, max: last, step: 1, value, "aria-label": t(name), oninput: move });
    const from = handle("range_from", 0);
    const to = handle("range_to", last);
    const text = el("output", { class: "range-text", "aria-live": "polite" });
    const fill = el("div", { class: "range-fill" });
    function move(input) {
      if (input && +from.value > +to.value) (input.target === from ? to : from).value = input.target.value;
      const [a, b] = [+from.value, +to.value];
      const all = a === 0 && b === last;
      from.setAttribute("aria-valuetext", label(a));
      to.setAttribute("aria-valuetext", label(b));
      text.textContent = all ? "" : `${label(a)} – ${label(b)}`;
      fill.style.left = `${(100 * a) / last}%`;
      fill.style.right = `${100 - (100 * b) / last}%`;
      if (input) store.set({ days: all ? null : [whole.days[a], whole.days[b]] });
    }
    ranges.hidden = false;
    ranges.replaceChildren(el("div", { class: "range-track" }, fill), from, to, text);
    move(null);
  }

  function mark() {
    const { selected, hovered } = store.state;
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-event]"))) {
      node.classList.toggle("selected", node.dataset.event === selected);
      node.classList.toggle("hovered", node.dataset.event === hovered);
    }
    const event = store.event(selected);
    const hidden = stage.querySelector(".bin") && event && dated(event) && store.isVisible(event) && !stage.querySelector(".badge.selected");
    if (hidden) return build();
    root.querySelector(".badge.selected")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    buildControls();
  }

  return {
    build,
    mark,
    /** Forget the labels of the range: the language changed, or the range was reset. */
    reset() {
      ranges.replaceChildren();
    },
  };
}

const span = (b) => (b.long ? b.slots[0].right - b.slots[0].left : 0);

/** What an event takes on the timeline: slots for its badge in the cell of its day, or the whole of its bar. */
function bar(event, scale, x) {
  const { from, to } = event.time;
  const first = dayNumber(from || to);
  const last = dayNumber(to || from);
  let left = x(scale.at(first));
  let right = x(scale.at(last + 1));
  if (last === first) return { event, long: false, slots: slots(left, right, BADGE + (from && to ? 0 : OPEN)) };
  if (right - left < BADGE) [left, right] = [(left + right - BADGE) / 2, (left + right + BADGE) / 2];
  return { event, long: true, slots: [{ left, right }] };
}

function axis(scale, x, width, height, published, store) {
  const { t, tick } = store.locale;
  const y = height - 22;
  const out = svg("svg", { class: "axis", width, height, "aria-hidden": "true" });
  const edges = [SIDE - 10, ...scale.breaks.map(x), width - SIDE + 10];
  for (let i = 0; i + 1 < edges.length; i++)
    out.append(svg("line", { x1: edges[i] + (i ? 4 : 0), x2: edges[i + 1] - (i + 2 < edges.length ? 4 : 0), y1: y, y2: y }));
  for (const b of scale.breaks.map(x))
    for (const dx of [-4, 2]) out.append(svg("line", { x1: b + dx, x2: b + dx + 4, y1: y + 5, y2: y - 5, class: "break" }));
  const text = (at, words, className = "") => {
    const node = svg("text", { x: at, y: y + 15, "text-anchor": "middle", class: className });
    node.textContent = words;
    out.append(node);
  };
  // The day of publication first, then the others where there is room.
  const taken = [];
  const fits = (at, half) => at - half >= 0 && at + half <= width && taken.every((r) => at + half + 6 < r.left || at - half > r.right + 6);
  const put = (at, words, className) => {
    const half = words.length * 3.1;
    if (!fits(at, half)) return false;
    taken.push({ left: at - half, right: at + half });
    text(at, words, className);
    return true;
  };
  if (published) {
    const day = dayNumber(published);
    const at = x(scale.at(day + 0.5));
    out.append(svg("line", { x1: at, x2: at, y1: 3, y2: y, class: "published" }));
    const words = `${tick(dayDate(day), scale.days.length === 1)} · ${t("published")}`;
    const half = words.length * 3.1;
    put(Math.max(half, Math.min(width - half, at)), words, "published");
  }
  let year = published && scale.first === dayNumber(published) ? dayDate(scale.first).getUTCFullYear() : null;
  for (const day of scale.days) {
    const at = x(scale.at(day + 0.5));
    out.append(svg("line", { x1: at, x2: at, y1: y, y2: y + 4 }));
    const date = dayDate(day);
    if (put(at, tick(date, date.getUTCFullYear() !== year))) year = date.getUTCFullYear();
  }
  return out;
}
