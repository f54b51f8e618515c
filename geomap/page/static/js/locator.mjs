import { el } from "./dom.mjs";

/* global L */

/** The locator shows from this zoom on, on a map at least this wide. */
const NEAR_ZOOM = 5.5;
/** It shows a continent, or so many zooms further out. */
const CONTINENT = 1.9;
const OUT = 4.2;
const LEAST_MARK = 6;
const LEAST_WIDTH = 640;
const WIDTH = 132;
const HEIGHT = 92;

/**
 * A small map in the corner: where in the world the large one is.
 * @param {any} map
 * @param {any} basemap
 */
export function createLocator(map, basemap) {
  const canvas = el("canvas", { class: "locator leaflet-control", "aria-hidden": "true" });
  const Locator = L.Control.extend({ options: { position: "bottomleft" }, onAdd: () => canvas });
  new Locator().addTo(map);

  function draw() {
    const zoom = map.getZoom();
    canvas.hidden = zoom < NEAR_ZOOM || map.getSize().x < LEAST_WIDTH;
    if (canvas.hidden) return;
    const ratio = Math.min(3, window.devicePixelRatio || 1);
    canvas.width = WIDTH * ratio;
    canvas.height = HEIGHT * ratio;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const out = Math.min(CONTINENT, zoom - OUT);
    const centre = map.project(map.getCenter(), out);
    const view = { zoom: out, x: centre.x - WIDTH / 2, y: centre.y - HEIGHT / 2, width: WIDTH, height: HEIGHT };
    basemap.paint(context, view);
    const size = map.getSize().divideBy(2 ** (zoom - out));
    const [width, height] = [Math.max(LEAST_MARK, size.x), Math.max(LEAST_MARK, size.y)];
    context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--pointer").trim();
    context.lineWidth = 1.5;
    context.strokeRect((WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
  }

  map.on("moveend zoomend resize", draw);
  return { draw };
}
