import { decodeLine } from "./lines.mjs";

/* global L */

/**
 * The embedded basemap, drawn on one canvas at every zoom, and repeated around the world.
 *
 * @typedef {{xy: Float64Array, box: [number, number, number, number], rank: number}} Path in world units, 0 to 1
 */
const LAKE_OUTLINE_ZOOM = 4;

/** @param {number} lat */
function mercatorY(lat) {
  const limited = Math.max(-85.05, Math.min(85.05, lat));
  const sin = Math.sin((limited * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

/** @returns {Path} */
function path(text, grid, rank = 0) {
  const xy = decodeLine(text, grid);
  /** @type {[number, number, number, number]} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < xy.length; i += 2) {
    xy[i] = xy[i] / 360 + 0.5;
    xy[i + 1] = mercatorY(xy[i + 1]);
    box[0] = Math.min(box[0], xy[i]);
    box[1] = Math.min(box[1], xy[i + 1]);
    box[2] = Math.max(box[2], xy[i]);
    box[3] = Math.max(box[3], xy[i + 1]);
  }
  return { xy, box, rank };
}

/** Cells of the fine map are drawn from this zoom. */
const FINE_ZOOM = 5;
/** Borders of provinces from this one: further out they are a web. */
const STATES_ZOOM = 6.25;
const FINE_GRID = 0.001;
const CELL = 5;

/**
 * @typedef {{land: Path[], coast: Path[], lakes: Path[], rivers: Path[], states: Path[], borders: Path[], disputed: Path[]}} Layers
 */

/**
 * @param {any} source
 * @param {number} grid
 * @param {Record<string, string>} styles how each disputed line is drawn
 * @returns {Layers}
 */
function readLayers(source, grid, styles) {
  const lines = (name) => (source[name] ?? []).map((line) => path(line, grid));
  const disputed = (style) => (source.disputed ?? []).filter(([name]) => (styles[name] ?? styles.other) === style).map(([, line]) => path(line, grid));
  const land = lines("land");
  return {
    land,
    coast: source.coast ? lines("coast") : land,
    lakes: lines("lakes"),
    rivers: (source.rivers ?? []).map(([rank, line]) => path(line, grid, rank)),
    states: lines("states"),
    borders: [...lines("borders"), ...disputed("solid")],
    disputed: disputed("dashed"),
  };
}

/** @returns {{corner: number[], layers: () => Layers}[]} decoded when first drawn */
function readCells(cells, styles) {
  return Object.entries(cells).map(([key, source]) => {
    /** @type {Layers | null} */
    let layers = null;
    return { corner: key.split(",").map(Number), layers: () => (layers ??= readLayers({ coast: [], ...source }, FINE_GRID, styles)) };
  });
}

/**
 * @param {any} world the basemap's JSON
 * @param {Record<string, any>} fine cells of the fine map, by "lon,lat" of their south-western corner
 * @param {Record<string, string>} styles how each disputed line is drawn
 * @param {HTMLElement} root where the colours are set
 */
export function createBasemap(world, fine, styles, root) {
  const layers = readLayers(world, world.grid, styles);
  const cells = readCells(fine, styles);
  const Basemap = L.Renderer.extend({
    options: { pane: "basemap", padding: 0.35, interactive: false },
    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.className = "basemap";
    },
    _destroyContainer() {
      this._container.remove();
      delete this._container;
    },
    _updatePaths() {},
    _reset() {
      this._update();
      this._updateTransform(this._center, this._zoom);
    },
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const ratio = Math.min(3, window.devicePixelRatio || 1);
      const canvas = this._container;
      L.DomUtil.setPosition(canvas, this._bounds.min);
      canvas.width = size.x * ratio;
      canvas.height = size.y * ratio;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
      const context = canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const origin = this._map.getPixelOrigin().add(this._bounds.min);
      const view = { zoom: this._map.getZoom(), x: origin.x, y: origin.y, width: size.x, height: size.y };
      drawWorld(context, layers, cells, view, colours(root));
    },
    redraw() {
      if (this._map) this._update();
    },
    /** The view as the address of an image. @param {number} sharpness pixels to one of the screen */
    snapshot(sharpness) {
      const { x: width, y: height } = this._map.getSize();
      const canvas = document.createElement("canvas");
      canvas.width = width * sharpness;
      canvas.height = height * sharpness;
      const context = canvas.getContext("2d");
      context.scale(sharpness, sharpness);
      const { min } = this._map.getPixelBounds();
      drawWorld(context, layers, cells, { zoom: this._map.getZoom(), x: min.x, y: min.y, width, height }, colours(root));
      return canvas.toDataURL("image/png");
    },
    /**
     * How a river runs at a spot: its angle to the horizontal in degrees, from -90 to 90; null where there is none.
     * @param {number} lat
     * @param {number} lon
     */
    riverAngle(lat, lon) {
      const fine = this._map.getZoom() >= FINE_ZOOM ? cells.filter(({ corner: [west, south] }) => lon >= west && lon <= west + CELL && lat >= south && lat <= south + CELL) : [];
      const rivers = fine.length ? fine.flatMap((cell) => cell.layers().rivers) : layers.rivers;
      return angleAt(rivers, lon / 360 + 0.5, mercatorY(lat), ALONG / (256 * 2 ** this._map.getZoom()));
    },
    /** Draw the coarse map of another view, for the locator. */
    paint(context, view) {
      drawWorld(context, layers, [], view, colours(root));
    },
  });
  return new Basemap();
}

/** Half the length of a river's name (pixels), and how near the river must be to it, as a share of that. */
const ALONG = 34;
const BESIDE = 0.5;

/** The direction of the river that passes a spot, over `reach` on either side of it. */
function angleAt(rivers, x, y, reach) {
  let best = null;
  for (const { xy, box } of rivers) {
    if (x < box[0] - reach || x > box[2] + reach || y < box[1] - reach || y > box[3] + reach) continue;
    for (let i = 0; i < xy.length; i += 2) {
      const far = Math.hypot(xy[i] - x, xy[i + 1] - y);
      if (!best || far < best.far) best = { far, xy, i };
    }
  }
  if (!best || best.far > reach * BESIDE) return null;
  const end = (step) => {
    let i = best.i;
    while (i + step >= 0 && i + step < best.xy.length && Math.hypot(best.xy[i] - x, best.xy[i + 1] - y) < reach) i += step;
    return [best.xy[i], best.xy[i + 1]];
  };
  const [[x1, y1], [x2, y2]] = [end(-2), end(2)];
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  return angle > 90 ? angle - 180 : angle < -90 ? angle + 180 : angle;
}

function colours(root) {
  const style = getComputedStyle(root);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

function drawWorld(context, layers, cells, view, colour) {
  const scale = 256 * 2 ** view.zoom;
  context.lineJoin = "round";
  context.lineCap = "round";
  context.fillStyle = colour("water");
  context.fillRect(0, 0, view.width, view.height);
  drawLayers(context, layers, view, scale, colour, true);
  if (view.zoom < FINE_ZOOM) return;
  for (const cell of cells) {
    for (const turn of [-1, 0, 1]) {
      const [lon, lat] = cell.corner;
      // On whole pixels, so that cells meet without a seam.
      const left = Math.round((lon / 360 + 0.5 + turn) * scale - view.x);
      const right = Math.round(((lon + CELL) / 360 + 0.5 + turn) * scale - view.x);
      const top = Math.round(mercatorY(lat + CELL) * scale - view.y);
      const bottom = Math.round(mercatorY(lat) * scale - view.y);
      if (right < 0 || left > view.width || bottom < 0 || top > view.height) continue;
      context.save();
      context.beginPath();
      context.rect(left, top, right - left, bottom - top);
      context.clip();
      context.fillStyle = colour("water");
      context.fillRect(left - 1, top - 1, right - left + 2, bottom - top + 2);
      drawLayers(context, cell.layers(), view, scale, colour, false);
      context.restore();
    }
  }
}

function drawLayers(context, layers, view, scale, colour, closed) {
  const trace = (paths, close) => trail(context, paths, view, scale, close);
  // A pale rim along the coast, as printed maps have it.
  trace(layers.coast, closed);
  context.strokeStyle = colour("rim");
  context.lineWidth = Math.min(8, 1.5 * view.zoom);
  context.stroke();
  trace(layers.land, true);
  context.fillStyle = colour("land");
  context.fill("evenodd");
  context.strokeStyle = colour("river");
  for (let rank = 0; rank <= 8; rank++) {
    const rivers = layers.rivers.filter((river) => river.rank === rank && view.zoom >= rank - 2.2);
    if (!rivers.length) continue;
    context.lineWidth = Math.max(0.5, Math.min(2.2, 0.75 + (view.zoom - rank) * 0.22));
    trace(rivers, false);
    context.stroke();
  }
  trace(layers.lakes, true);
  context.fillStyle = colour("water");
  context.fill("evenodd");
  context.strokeStyle = colour("coast");
  if (closed && view.zoom >= LAKE_OUTLINE_ZOOM) {
    context.lineWidth = 0.7;
    context.stroke();
  }
  trace(layers.coast, closed);
  context.lineWidth = 0.9;
  context.stroke();
  if (view.zoom >= STATES_ZOOM) {
    trace(layers.states, false);
    context.strokeStyle = colour("state");
    context.lineWidth = 0.8;
    context.setLineDash([1.5, 2.5]);
    context.stroke();
    context.setLineDash([]);
  }
  for (const { lines, dash } of [{ lines: layers.borders, dash: [] }, { lines: layers.disputed, dash: [5, 4] }]) {
    trace(lines, false);
    context.strokeStyle = colour("border-casing");
    context.lineWidth = Math.max(0, Math.min(3.5, view.zoom - 2));
    if (context.lineWidth > 0.5) context.stroke();
    context.strokeStyle = colour("border");
    context.lineWidth = Math.max(0.5, Math.min(1.1, view.zoom * 0.22));
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }
}

/** Trace paths that touch the view, leaving out points that would fall on the pixel before them. */
function trail(context, paths, view, scale, closed) {
  context.beginPath();
  const margin = 8 / scale;
  const [west, east] = [view.x / scale - margin, (view.x + view.width) / scale + margin];
  const [north, south] = [view.y / scale - margin, (view.y + view.height) / scale + margin];
  for (let turn = Math.floor(west) - 1; turn <= Math.floor(east) + 1; turn++) {
    for (const { xy, box } of paths) {
      if (box[2] + turn < west || box[0] + turn > east || box[3] < north || box[1] > south) continue;
      let lastX = NaN;
      let lastY = NaN;
      for (let i = 0; i < xy.length; i += 2) {
        const x = (xy[i] + turn) * scale - view.x;
        const y = xy[i + 1] * scale - view.y;
        if (i === 0) context.moveTo(x, y);
        else if (i + 2 < xy.length && Math.abs(x - lastX) < 0.7 && Math.abs(y - lastY) < 0.7) continue;
        else context.lineTo(x, y);
        lastX = x;
        lastY = y;
      }
      if (closed) context.closePath();
    }
  }
}
