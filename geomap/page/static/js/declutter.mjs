import { contains, overlap } from "./geometry.mjs";

/**
 * Where chips go so that none covers another.
 *
 * @typedef {import("./geometry.mjs").Point} Point
 * @typedef {import("./geometry.mjs").Rect} Rect
 * @typedef {object} Item
 * @property {string} id
 * @property {number} width
 * @property {number} height
 * @property {Point} anchor what the chip names
 * @property {boolean} centred whether it may sit on its anchor (areas), or must stand beside it (points, lines)
 * @property {number} priority the greater is placed first
 * @property {Point} [before] where its centre was in the last layout, relative to its anchor
 */

const DIRECTIONS = 16;
const RINGS = [0, 14, 30, 50, 75, 105, 140, 180, 225, 280];
const PRICE = { near: 1, softPoint: 13, leader: 160, moved: 0.15 };

/**
 * Place items one after the other, each at its cheapest free spot, then let each try again.
 * @param {Item[]} items
 * @param {Rect} bounds no chip leaves this
 * @param {Rect[]} obstacles no chip touches these
 * @param {Point[]} soft chips would rather not cover these
 * @returns {Map<string, Point>} centres; an item that fits nowhere is missing
 */
export function declutter(items, bounds, obstacles, soft) {
  const order = [...items].sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
  /** @type {Map<string, {centre: Point, rect: Rect, item: Item}>} */
  const placed = new Map();
  for (let pass = 0; pass < 3; pass++) {
    for (const item of order) {
      placed.delete(item.id);
      const spot = cheapest(item, bounds, obstacles, soft, [...placed.values()]);
      if (spot) placed.set(item.id, { ...spot, item });
    }
  }
  return new Map([...placed].map(([id, { centre }]) => [id, centre]));
}

/**
 * Gather what stands close together until few enough are left to be named.
 * @template {{anchor: Point}} T
 * @param {T[]} items the most important first
 * @param {number} most
 * @returns {T[][]} each group led by its most important
 */
export function gather(items, most) {
  let groups = items.map((item) => [item]);
  for (let reach = 48; groups.length > most; reach *= 1.3) {
    groups = [];
    for (const item of items) {
      const near = groups.find(
        ([{ anchor }]) => Math.abs(anchor.x - item.anchor.x) < 1.6 * reach && Math.abs(anchor.y - item.anchor.y) < reach,
      );
      if (near) near.push(item);
      else groups.push([item]);
    }
  }
  return groups;
}

/** @param {Item} item @param {Point} centre @returns {Rect} */
export function rectAt(item, centre) {
  return {
    left: centre.x - item.width / 2,
    right: centre.x + item.width / 2,
    top: centre.y - item.height / 2,
    bottom: centre.y + item.height / 2,
  };
}

function cheapest(item, bounds, obstacles, soft, others) {
  let best = null;
  const reach = RINGS.at(-1) + item.width;
  const near = soft.filter((p) => Math.abs(p.x - item.anchor.x) < reach && Math.abs(p.y - item.anchor.y) < reach);
  for (const centre of candidates(item)) {
    const away = Math.hypot(centre.x - item.anchor.x, (centre.y - item.anchor.y) * 1.4);
    let cost = away * PRICE.near;
    if (best && cost >= best.cost) continue;
    const rect = rectAt(item, centre);
    if (!contains(bounds, rect)) continue;
    if (obstacles.some((o) => overlap(o, rect, 3)) || others.some((o) => overlap(o.rect, rect, 4))) continue;
    for (const p of near)
      if (p.x > rect.left - 2 && p.x < rect.right + 2 && p.y > rect.top - 2 && p.y < rect.bottom + 2)
        cost += PRICE.softPoint;
    if (item.before)
      cost += PRICE.moved * Math.hypot(centre.x - item.anchor.x - item.before.x, centre.y - item.anchor.y - item.before.y);
    for (const o of others) {
      if (crossesRect(item.anchor, centre, o.rect) || crossesRect(o.item.anchor, o.centre, rect)) cost += PRICE.leader;
      if (crosses(item.anchor, centre, o.item.anchor, o.centre)) cost += PRICE.leader;
    }
    if (!best || cost < best.cost) best = { cost, centre, rect };
  }
  return best;
}

function* candidates(item) {
  const { anchor, width, height, centred } = item;
  if (centred) yield { ...anchor };
  for (const ring of RINGS) {
    if (!ring) continue;
    for (let i = 0; i < DIRECTIONS; i++) {
      const angle = (i / DIRECTIONS) * 2 * Math.PI;
      const dx = Math.cos(angle);
      const dy = Math.sin(angle);
      // Beside the anchor: the chip's border, not its centre, keeps the distance.
      const half = centred ? 0 : Math.min(width / 2 / Math.abs(dx || 1e-9), height / 2 / Math.abs(dy || 1e-9));
      yield { x: anchor.x + dx * (ring + half), y: anchor.y + dy * (ring + half) };
    }
  }
}

function side(a, b, c) {
  return Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
}

function crosses(a, b, c, d) {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

function crossesRect(a, b, r) {
  const p = { x: r.left, y: r.top };
  const q = { x: r.right, y: r.bottom };
  const s = { x: r.right, y: r.top };
  const t = { x: r.left, y: r.bottom };
  return crosses(a, b, p, q) || crosses(a, b, s, t);
}
