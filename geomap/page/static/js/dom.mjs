/**
 * Make an element. Text goes in as text nodes only: nothing here reads markup.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on…` are listeners; false and null leave an attribute out
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child || child === "") node.append(child);
  return node;
}

/**
 * Make an SVG element.
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...Node} children
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** Does the reader ask for less motion? */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Is the window as narrow as a phone? */
export function narrow() {
  return matchMedia("(max-width: 759px)").matches;
}
