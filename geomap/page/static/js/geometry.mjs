/**
 * Plane and spherical geometry, no DOM.
 * @typedef {{x: number, y: number}} Point
 * @typedef {{left: number, top: number, right: number, bottom: number}} Rect
 */
const EARTH_KM = 6371.0088;
const RAD = Math.PI / 180;

/**
 * Great-circle distance.
 * @param {[number, number]} a lat, lon
 * @param {[number, number]} b lat, lon
 * @returns {number} kilometres
 */
export function distanceKm(a, b) {
  const h =
    Math.sin(((b[0] - a[0]) * RAD) / 2) ** 2 +
    Math.cos(a[0] * RAD) * Math.cos(b[0] * RAD) * Math.sin(((b[1] - a[1]) * RAD) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/**
 * Two significant figures: an arrow at the edge of a map promises no more.
 * @param {number} km
 */
export function roundDistance(km) {
  if (km < 1) return 1;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(km)) - 1);
  return Math.round(km / unit) * unit;
}

/**
 * The longitude nearest to `centre` that means the same place.
 * @param {number} lon
 * @param {number} centre
 */
export function nearLongitude(lon, centre) {
  return lon - 360 * Math.round((lon - centre) / 360);
}

/** @param {Rect} a @param {Rect} b @param {number} [gap] */
export function overlap(a, b, gap = 0) {
  return a.left < b.right + gap && b.left < a.right + gap && a.top < b.bottom + gap && b.top < a.bottom + gap;
}

/** @param {Rect} outer @param {Rect} inner */
export function contains(outer, inner) {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  );
}

/** @param {Point} p @param {Rect} r */
export function inside(p, r) {
  return p.x >= r.left && p.x <= r.right && p.y >= r.top && p.y <= r.bottom;
}

/**
 * Cut a ring to a rectangle (Sutherland–Hodgman).
 * @param {Point[]} ring
 * @param {Rect} rect
 * @returns {Point[]}
 */
export function clipRing(ring, rect) {
  /** @type {[(p: Point) => boolean, (a: Point, b: Point) => Point][]} */
  const sides = [
    [(p) => p.x >= rect.left, (a, b) => atX(a, b, rect.left)],
    [(p) => p.x <= rect.right, (a, b) => atX(a, b, rect.right)],
    [(p) => p.y >= rect.top, (a, b) => atY(a, b, rect.top)],
    [(p) => p.y <= rect.bottom, (a, b) => atY(a, b, rect.bottom)],
  ];
  let points = ring;
  for (const [isIn, cut] of sides) {
    const out = [];
    for (let i = 0; i < points.length; i++) {
      const a = points[(i + points.length - 1) % points.length];
      const b = points[i];
      if (isIn(a) !== isIn(b)) out.push(cut(a, b));
      if (isIn(b)) out.push(b);
    }
    points = out;
  }
  return points;
}

const atX = (a, b, x) => ({ x, y: a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x) });
const atY = (a, b, y) => ({ x: a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y), y });

/** @param {Point[]} ring */
export function ringArea(ring) {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) sum += ring[j].x * ring[i].y - ring[i].x * ring[j].y;
  return Math.abs(sum / 2);
}

/** Distance of a point to a segment, squared. */
function segmentDistance2(p, a, b) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const t = dx || dy ? Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy))) : 0;
  return (p.x - a.x - t * dx) ** 2 + (p.y - a.y - t * dy) ** 2;
}

/**
 * Is the point in the ring?
 * @param {Point} p
 * @param {Point[]} ring
 */
export function inRing(p, ring) {
  let is = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[i];
    const b = ring[j];
    if (a.y > p.y !== b.y > p.y && p.x < ((b.x - a.x) * (p.y - a.y)) / (b.y - a.y) + a.x) is = !is;
  }
  return is;
}

/**
 * A point well inside a ring, where a label sits best: the best of a grid, refined once. A label is wide, so that
 * distances count half along x.
 * @param {Point[]} ring
 * @returns {Point & {room: number}}
 */
export function labelPoint(ring) {
  const flat = ring.map((p) => ({ x: p.x / 2, y: p.y }));
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (const p of flat) {
    left = Math.min(left, p.x);
    right = Math.max(right, p.x);
    top = Math.min(top, p.y);
    bottom = Math.max(bottom, p.y);
  }
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  let best = { ...middle, room: -1, score: -Infinity };
  const search = (x0, x1, y0, y1, n) => {
    for (let i = 0; i <= n; i++) {
      for (let j = 0; j <= n; j++) {
        const p = { x: x0 + ((x1 - x0) * i) / n, y: y0 + ((y1 - y0) * j) / n };
        if (!inRing(p, flat)) continue;
        // Of spots with the same room, the one nearest the middle.
        const off = Math.hypot(p.x - middle.x, p.y - middle.y) / 20;
        let room = Infinity;
        for (let a = flat.length - 1, b = 0; b < flat.length && Math.sqrt(room) - off > best.score; a = b++)
          room = Math.min(room, segmentDistance2(p, flat[a], flat[b]));
        room = Math.sqrt(room);
        if (room - off > best.score) best = { ...p, room, score: room - off };
      }
    }
  };
  search(left, right, top, bottom, 16);
  const dx = (right - left) / 16;
  const dy = (bottom - top) / 16;
  search(best.x - dx, best.x + dx, best.y - dy, best.y + dy, 6);
  return { x: best.x * 2, y: best.y, room: best.room };
}

/**
 * The middle of the longest stretch of a line inside a rectangle.
 * @param {Point[][]} lines
 * @param {Rect} rect
 * @returns {Point | null}
 */
export function lineMiddle(lines, rect) {
  let best = null;
  let longest = 0;
  for (const line of lines) {
    let run = [];
    let length = 0;
    const close = () => {
      if (run.length && length >= longest) {
        longest = length;
        best = along(run, length / 2);
      }
      run = [];
      length = 0;
    };
    for (const p of line) {
      if (!inside(p, rect)) close();
      else {
        if (run.length) length += Math.hypot(p.x - run.at(-1).x, p.y - run.at(-1).y);
        run.push(p);
      }
    }
    close();
  }
  return best;
}

function along(line, want) {
  let left = want;
  for (let i = 1; i < line.length; i++) {
    const step = Math.hypot(line[i].x - line[i - 1].x, line[i].y - line[i - 1].y);
    if (step >= left && step > 0) {
      const t = left / step;
      return { x: line[i - 1].x + t * (line[i].x - line[i - 1].x), y: line[i - 1].y + t * (line[i].y - line[i - 1].y) };
    }
    left -= step;
  }
  return line[Math.floor(line.length / 2)];
}

/**
 * Points along lines, `step` apart, inside a rectangle: what a chip should not cover.
 * @param {Point[][]} lines
 * @param {number} step
 * @param {Rect} rect
 * @returns {Point[]}
 */
export function samples(lines, step, rect) {
  const out = [];
  for (const line of lines) {
    let since = step;
    for (let i = 1; i < line.length; i++) {
      const a = line[i - 1];
      const b = line[i];
      const length = Math.hypot(b.x - a.x, b.y - a.y);
      for (let at = step - since; at <= length; at += step) {
        const p = { x: a.x + ((b.x - a.x) * at) / (length || 1), y: a.y + ((b.y - a.y) * at) / (length || 1) };
        if (inside(p, rect)) out.push(p);
        since = -at;
      }
      since = since < 0 ? length + since : since + length;
    }
  }
  return out;
}
