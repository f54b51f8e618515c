/**
 * The article's text cut into stretches, each with what covers it.
 *
 * @typedef {{start: number, end: number, kind: "evidence" | "trigger" | "mention", index: number}} Mark
 * @typedef {{text: string, start: number, marks: Mark[], starting: Mark[]}} Piece
 */
const JOINED = /[\p{Script=Arabic}\p{M}\u200c\u200d]/u;

/**
 * Move the ends of a mark off the inside of words whose letters join: a cut there would break their shapes.
 * @param {string[]} letters
 * @param {number} start
 * @param {number} end
 * @returns {[number, number]}
 */
export function wholeWords(letters, start, end) {
  const inWord = (i) => i > 0 && i < letters.length && JOINED.test(letters[i - 1]) && JOINED.test(letters[i]);
  let from = start;
  let to = end;
  while (inWord(from)) from--;
  while (inWord(to)) to++;
  return [from, to];
}

/**
 * The marks of each paragraph; one that runs on is in each that it touches.
 * @param {[number, number][]} paragraphs in order
 * @param {Mark[]} marks
 * @returns {Mark[][]}
 */
export function byParagraph(paragraphs, marks) {
  /** @type {Mark[][]} */
  const out = paragraphs.map(() => []);
  let first = 0;
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    while (first < paragraphs.length && paragraphs[first][1] <= mark.start) first++;
    for (let i = first; i < paragraphs.length && paragraphs[i][0] < mark.end; i++) out[i].push(mark);
  }
  return out;
}

/**
 * @param {string[]} letters code points of the text
 * @param {number} start
 * @param {number} end of the paragraph
 * @param {Mark[]} marks
 * @returns {Piece[]}
 */
export function pieces(letters, start, end, marks) {
  const here = marks
    .map((mark) => {
      const [from, to] = wholeWords(letters, mark.start, mark.end);
      return { ...mark, start: Math.max(start, from), end: Math.min(end, to) };
    })
    .filter((mark) => mark.start < mark.end && mark.start < end && mark.end > start);
  const cuts = [...new Set([start, end, ...here.flatMap((mark) => [mark.start, mark.end])])].sort((a, b) => a - b);
  const starts = new Map();
  for (const mark of here) starts.set(mark.start, [...(starts.get(mark.start) ?? []), mark]);
  const ordered = [...here].sort((a, b) => a.start - b.start);
  /** @type {Piece[]} */
  const out = [];
  let open = [];
  let next = 0;
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [from, to] = [cuts[i], cuts[i + 1]];
    open = open.filter((mark) => mark.end > from);
    while (next < ordered.length && ordered[next].start <= from) open.push(ordered[next++]);
    out.push({ text: letters.slice(from, to).join(""), start: from, marks: [...open], starting: starts.get(from) ?? [] });
  }
  return out;
}
