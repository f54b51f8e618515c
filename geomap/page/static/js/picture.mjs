import { svg } from "./dom.mjs";

/** What a picture has no use for. */
const LEFT_OUT = ".leaflet-control-zoom, .card, .legend, .definitions, .locator, .touch, .empty:empty, [hidden]";

/** What a shape looks like that has no style sheet beside it. */
const LOOK = ["fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "filter"];

/** Pixels of the basemap to one of the screen. */
const SHARPNESS = 2;

/**
 * The map as it is on the screen, as one SVG: the basemap an image, all over it shapes and text.
 * @param {HTMLElement} pane with the map in it
 * @param {any} basemap
 * @param {string} title
 */
export function picture(pane, basemap, title) {
  const container = pane.querySelector(".leaflet-container");
  const frame = container.getBoundingClientRect();
  const { width, height } = frame;
  const name = svg("title");
  name.append(title);
  const hatches = inStyle(pane.querySelector(".definitions defs"));
  const clip = svg("clipPath", { id: "frame" }, svg("rect", { width, height }));
  hatches.append(clip);
  const over = svg("g", { "clip-path": "url(#frame)" });
  paint(container, over, frame, basemap);
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, name, hatches, over);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}`;
}

/**
 * The same as the bytes of a PNG.
 * @param {string} source
 * @returns {Promise<Blob>}
 */
export async function raster(source) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SHARPNESS;
  canvas.height = image.naturalHeight * SHARPNESS;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png"));
}

/** Add what an element shows to a group, and then what its children show, from the bottom up. */
function paint(element, group, frame, basemap) {
  const style = getComputedStyle(element);
  if (element.matches(LEFT_OUT) || style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return;
  if (element instanceof SVGSVGElement) {
    for (const shape of element.querySelectorAll("path, line, circle, rect, polyline, polygon")) if (!shape.closest(LEFT_OUT)) group.append(shapeOf(shape, frame));
    return;
  }
  if (element instanceof HTMLCanvasElement) {
    const whole = { width: frame.width, height: frame.height };
    const ground = element.classList.contains("basemap");
    group.append(svg("image", ground ? { href: basemap.snapshot(SHARPNESS), ...whole } : { href: element.toDataURL(), ...place(element.getBoundingClientRect(), frame) }));
    return;
  }
  const box = boxOf(element, style, frame);
  if (box) group.append(box);
  const children = [...element.childNodes].map((child, i) => ({ child, i, z: child instanceof Element ? level(child) : 0 }));
  for (const { child } of children.sort((a, b) => a.z - b.z || a.i - b.i)) {
    if (child instanceof Element) paint(child, group, frame, basemap);
    else if (child.nodeType === Node.TEXT_NODE && child.data.trim()) group.append(...textOf(child, element, style, frame));
  }
}

/** How far up an element lies among its siblings: as it says, or as its highest child does. */
function level(element) {
  const own = Number(getComputedStyle(element).zIndex);
  return Number.isNaN(own) ? Math.max(0, ...[...element.children].map((child) => Number(getComputedStyle(child).zIndex) || 0)) : own;
}

function place(rect, frame) {
  return { x: round(rect.left - frame.left), y: round(rect.top - frame.top), width: round(rect.width), height: round(rect.height) };
}

function round(value) {
  return Math.round(value * 100) / 100;
}

/** A shape with its looks, where it lies on the screen. */
function shapeOf(shape, frame) {
  const copy = inStyle(shape);
  const to = shape.getScreenCTM();
  copy.setAttribute("transform", `matrix(${[to.a, to.b, to.c, to.d, to.e - frame.left, to.f - frame.top].map(round).join(" ")})`);
  return copy;
}

/** A copy with the looks of the page's style sheet, and without its names. */
function inStyle(node) {
  const copy = node.cloneNode(true);
  const originals = [node, ...node.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((each, i) => {
    const style = getComputedStyle(originals[i]);
    for (const name of LOOK) {
      const value = style.getPropertyValue(name);
      if (value && value !== "none") each.setAttribute(name, value.replace(/url\("?[^"#)]*#([^")]+)"?\)/, "url(#$1)"));
      else if (value === "none" && (name === "fill" || name === "stroke")) each.setAttribute(name, "none");
    }
    for (const name of ["class", "style", "tabindex", "role"]) each.removeAttribute(name);
  });
  return copy;
}

/** The ground and the rim of an element, if it has any. */
function boxOf(element, style, frame) {
  const clear = (colour) => colour === "transparent" || /, 0\)$|\/ 0\)$/.test(colour);
  const rim = parseFloat(style.borderBottomWidth) || 0;
  const rimmed = rim > 0 && style.borderBottomStyle !== "none" && !clear(style.borderBottomColor);
  const [shade] = style.backgroundImage.match(/rgba?\([^)]*\)/) ?? [];
  const fill = clear(style.backgroundColor) ? (shade ?? "none") : style.backgroundColor;
  if (fill === "none" && !rimmed) return null;
  const rect = element.getBoundingClientRect();
  if (!rect.width || !rect.height) return null;
  const { x, y, width, height } = place(rect, frame);
  if (rimmed && !parseFloat(style.borderTopWidth)) // the bar of the scale
    return svg("path", { d: `M${x} ${y}V${y + height}H${x + width}V${y}`, fill, stroke: style.borderBottomColor, "stroke-width": rim });
  const rx = Math.max(0, Math.min(parseFloat(style.borderTopLeftRadius) || 0, width / 2, height / 2) - rim / 2);
  return svg("rect", {
    x: x + rim / 2, y: y + rim / 2, width: Math.max(0, width - rim), height: Math.max(0, height - rim), rx,
    fill, stroke: rimmed ? style.borderBottomColor : "none", "stroke-width": rim,
    "stroke-dasharray": style.borderBottomStyle === "dashed" ? "3 2" : "none",
    opacity: style.opacity,
  });
}

/** A line of text in its place; one that the page cuts is cut here too. */
function textOf(node, element, style, frame) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const rect = range.getBoundingClientRect();
  if (!rect.width || parseFloat(style.fontSize) < 1) return [];
  let text = node.data.trim().replace(/\s+/g, " ");
  if (style.textTransform === "uppercase") text = text.toUpperCase();
  const own = element.getBoundingClientRect();
  let { width } = rect;
  if (style.overflow === "hidden" && rect.width > own.width + 1) {
    text = `${text.slice(0, Math.max(1, Math.floor((text.length * own.width) / rect.width) - 1)).trimEnd()}…`;
    ({ width } = own);
  }
  const x = round((style.overflow === "hidden" ? own.left : rect.left) - frame.left + width / 2);
  const y = round(rect.top - frame.top + rect.height / 2);
  const [, cosine, sine] = style.transform.match(/^matrix\(([^,]+), ([^,]+),/) ?? [null, 1, 0];
  const turn = Math.round((Math.atan2(Number(sine), Number(cosine)) * 180) / Math.PI);
  const shadow = style.textShadow.match(/rgba?\([^)]*\)/);
  const line = svg("text", {
    x, y,
    ...(turn && { transform: `rotate(${turn} ${x} ${y})` }),
    direction: style.direction, "text-anchor": "middle", "dominant-baseline": "central", fill: style.color, opacity: style.opacity,
    "font-family": style.fontFamily, "font-size": style.fontSize, "font-weight": style.fontWeight, "font-style": style.fontStyle,
    "letter-spacing": style.letterSpacing === "normal" ? 0 : style.letterSpacing,
    ...(shadow && { stroke: shadow[0], "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" }),
  });
  line.append(text);
  return [line];
}
