/**
 * Lines as strings: zigzag deltas of grid steps, five bits a letter, lowest first; the sixth bit says "more follows".
 */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUE = new Uint8Array(128);
for (let i = 0; i < 64; i++) VALUE[ALPHABET.charCodeAt(i)] = i;

/**
 * Decode a line.
 * @param {string} text
 * @param {number} grid degrees a step
 * @returns {Float64Array} lon, lat, lon, lat, …
 */
export function decodeLine(text, grid) {
  const out = [];
  let position = 0;
  let x = 0;
  let y = 0;
  const next = () => {
    let value = 0;
    let shift = 1;
    for (;;) {
      const code = VALUE[text.charCodeAt(position++)];
      value += (code & 31) * shift;
      if (code < 32) break;
      shift *= 32;
    }
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  while (position < text.length) {
    x += next();
    y += next();
    out.push(x * grid, y * grid);
  }
  return Float64Array.from(out);
}
