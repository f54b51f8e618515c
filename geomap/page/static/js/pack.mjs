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
