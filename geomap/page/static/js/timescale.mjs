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

/**
 * @param {Span[]} spans
 * @param {string} published
 * @returns {TimeScale | null}
 */
export function timeScale(spans, published) {
  const marks = new Set();
  for (const { from, to } of spans) {
    if (from) marks.add(dayNumber(from));
    if (to) marks.add(dayNumber(to));
  }
  if (published) marks.add(dayNumber(published));
  if (!marks.size) return null;
  const days = [...marks].sort((a, b) => a - b);
  const starts = [0];
  const breaks = [];
  for (let i = 1; i < days.length; i++) {
    const gap = days[i] - days[i - 1];
    const cut = gap > LONG_GAP;
    if (cut) breaks.push(starts[i - 1] + 1 + CUT / 2);
    starts.push(starts[i - 1] + (cut ? CUT + 1 : gap));
  }
  const total = starts.at(-1) + 1;
  const at = (day) => {
    if (day <= days[0]) return 0;
    if (day >= days.at(-1)) return Math.min(1, (starts.at(-1) + Math.min(1, day - days.at(-1))) / total);
    let i = days.findIndex((d) => d > day) - 1;
    if (i < 0) i = 0;
    const share = (day - days[i]) / (days[i + 1] - days[i]);
    return (starts[i] + share * (starts[i + 1] - starts[i])) / total;
  };
  return { first: days[0], last: days.at(-1), days, at, breaks: breaks.map((b) => b / total) };
}

/**
 * The lowest free lane for each bar.
 * @param {{left: number, right: number}[]} bars in the order of their numbers
 * @param {number} gap
 * @returns {number[]}
 */
export function lanes(bars, gap = 3) {
  /** @type {{left: number, right: number}[][]} */
  const rows = [];
  return bars.map((bar) => {
    let row = rows.findIndex((taken) => taken.every((t) => t.right + gap <= bar.left || bar.right + gap <= t.left));
    if (row < 0) row = rows.push([]) - 1;
    rows[row].push(bar);
    return row;
  });
}
