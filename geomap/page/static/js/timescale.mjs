/**
 * A scale of days where stretches in which nothing happens are cut short.
 *
 * @typedef {{from: string, to: string}} Span first and last day (ISO); "" = open
 * @typedef {object} TimeScale
 * @property {number} first first day, days since 1970
 * @property {number} last last day
 * @property {number[]} days the days that matter, sorted
 * @property {(day: number) => number} at position of the start of a day, 0 to 1
 * @property {number[]} breaks positions of the cuts, 0 to 1
 */
const DAY_MS = 86400000;
/** Gaps longer than this many days are cut short. */
export const LONG_GAP = 9;
/** What a cut gap counts as, in days. */
const CUT = 4;

/** @param {string} iso */
export function dayNumber(iso) {
  return Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY_MS);
}

/** @param {number} day */
export function dayDate(day) {
  return new Date(day * DAY_MS);
}

/** What a day with several events of its own counts as, in days for each of them: their badges want to stand side by side. */
const BUSY = 1.2;

/**
 * @param {Span[]} spans
 * @param {string} published
 * @returns {TimeScale | null}
 */
export function timeScale(spans, published) {
  /** @type {Map<number, number>} events of that day alone */
  const marks = new Map();
  for (const { from, to } of spans) {
    for (const day of [from, to]) if (day && !marks.has(dayNumber(day))) marks.set(dayNumber(day), 0);
    const only = !to || from === to ? from : from ? "" : to;
    if (only) marks.set(dayNumber(only), marks.get(dayNumber(only)) + (from === to ? 1 : 1.6));
  }
  if (published && !marks.has(dayNumber(published))) marks.set(dayNumber(published), 0);
  if (!marks.size) return null;
  const days = [...marks.keys()].sort((a, b) => a - b);
  const widths = days.map((day) => Math.max(1, BUSY * marks.get(day)));
  const starts = [0];
  const breaks = [];
  for (let i = 1; i < days.length; i++) {
    const gap = days[i] - days[i - 1];
    const cut = gap > LONG_GAP;
    if (cut) breaks.push(starts[i - 1] + widths[i - 1] + CUT / 2);
    starts.push(starts[i - 1] + widths[i - 1] + (cut ? CUT : gap - 1));
  }
  const total = starts.at(-1) + widths.at(-1);
  const at = (day) => {
    if (day <= days[0]) return 0;
    const after = days.findIndex((d) => d > day);
    const i = after < 0 ? days.length - 1 : after - 1;
    const since = day - days[i];
    if (since <= 1) return (starts[i] + since * widths[i]) / total;
    if (after < 0) return 1;
    const share = (since - 1) / (days[i + 1] - days[i] - 1);
    return (starts[i] + widths[i] + share * (starts[i + 1] - starts[i] - widths[i])) / total;
  };
  return { first: days[0], last: days.at(-1), days, at, breaks: breaks.map((b) => b / total) };
}

/**
 * Stack items: each takes the lowest lane where one of its slots is free.
 * @param {{left: number, right: number}[][]} items the slots of each, best first
 * @param {number} [gap]
 * @returns {{lane: number, slot: number}[]}
 */
export function lanes(items, gap = 2) {
  /** @type {{left: number, right: number}[][]} */
  const rows = [];
  return items.map((slots) => {
    for (let lane = 0; ; lane++) {
      rows[lane] ??= [];
      const free = ({ left, right }) => rows[lane].every((t) => t.right + gap <= left || right + gap <= t.left);
      const slot = slots.findIndex(free);
      if (slot < 0) continue;
      rows[lane].push(slots[slot]);
      return { lane, slot };
    }
  });
}

/**
 * Where a badge may stand inside the cell of its day: the middle first, then outwards.
 * @param {number} left
 * @param {number} right
 * @param {number} width of the badge
 * @returns {{left: number, right: number}[]}
 */
export function slots(left, right, width) {
  const count = Math.max(1, Math.floor((right - left) / (width + 2)));
  const middle = (left + right) / 2;
  const out = [];
  for (let i = 0; i < count; i++) {
    const shift = (i % 2 ? 1 : -1) * Math.ceil(i / 2) * (width + 2) + (count % 2 ? 0 : (width + 2) / 2);
    out.push({ left: middle + shift - width / 2, right: middle + shift + width / 2 });
  }
  return out;
}
