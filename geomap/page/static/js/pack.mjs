/**
 * Rows again from columns; `geomap/page/pack.py` says how they are written.
 *
 * @typedef {{n: number, columns: Record<string, any>}} Packed
 */

/**
 * @param {Packed} packed
 * @returns {Record<string, any>[]}
 */
export function unpack({ n, columns }) {
  const rows = Array.from({ length: n }, () => ({}));
  for (const [name, column] of Object.entries(columns)) {
    const values = columnValues(column, n);
    for (let i = 0; i < n; i++) rows[i][name] = values[i];
  }
  return rows;
}

function columnValues(column, n) {
  if (Array.isArray(column)) return column;
  if ("all" in column) return new Array(n).fill(column.all);
  if ("at" in column) return column.at.map((i) => column.of[i]);
  if ("rows" in column) return unpack(column.rows);
  if ("there" in column) {
    const there = columnValues(column.there, n);
    const some = columnValues(column.some, there.filter(Boolean).length);
    let next = 0;
    return there.map((is) => (is ? some[next++] : null));
  }
  const counts = columnValues(column.counts, n);
  const items = columnValues(column.items, counts.reduce((sum, count) => sum + count, 0));
  let start = 0;
  return counts.map((count) => items.slice(start, (start += count)));
}

/**
 * The other way of `pack_words`: messages by language.
 * @param {{keys: string[], words: Record<string, (string | null)[]>}} packed
 * @returns {Record<string, any>}
 */
export function unpackWords({ keys, words }) {
  const nested = (values) => {
    const out = {};
    keys.forEach((key, i) => {
      if (values[i] === null) return;
      const path = key.split(".");
      const last = path.pop();
      let at = out;
      for (const part of path) at = at[part] ??= {};
      at[last] = values[i];
    });
    return out;
  };
  return Object.fromEntries(Object.entries(words).map(([language, values]) => [language, nested(values)]));
}
