// The few words in which the page is built: an element, a text that is set only when it differs, a level's mark.
import { say } from "./config.js";

const SVG = "http://www.w3.org/2000/svg";

export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

/** Sets the attribute, or takes it away where there is no value. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

export function makeMark(level, mark) {
  return draw(
    "svg",
    { class: "mark", viewBox: "-20 -20 40 40", "data-level": level, "data-mark": mark, role: "img", "aria-label": `${say(level)} ${say(mark)}` },
    draw("use", { class: "edge", href: `#shape-${level}` }),
    draw("use", { class: "face", href: `#shape-${level}` }),
    draw("text", { class: "sign", y: level === "yellow" ? 4 : 0 }, say(`${level}_sign`)),
  );
}
