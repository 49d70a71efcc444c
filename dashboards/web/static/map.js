// The map: puts marks on townships, and lets arrow keys walk from one to the nearest.
import { makeMark, setAttribute, setText } from "./dom.js";
import { say } from "./config.js";

const towns = new Map([...document.querySelectorAll(".town")].map((town) => [town.dataset.code, town]));
const layer = document.getElementById("townships");
const ORDER = ["blue", "yellow", "orange", "red"];

export function showMap(view) {
  for (const [code, town] of towns) {
    const found = view.towns[code];
    const key = found ? `${found.level} ${found.mark} ${found.open}` : "";
    setAttribute(town, "data-quiet", view.quiet_towns[code] ?? null);
    if ((town.dataset.key ?? "") === key) continue;
    town.dataset.key = key;
    setAttribute(town, "data-level", found?.level ?? null);
    const place = town.querySelector(".sign-place");
    place.replaceChildren(...(found ? [sized(makeMark(found.level, found.mark))] : []));
    town.dataset.name ??= town.getAttribute("aria-label");
    town.dataset.short ??= town.querySelector(".name").textContent;
    setText(town.querySelector(".name"), found?.open > 1 ? `${town.dataset.short} ${found.open}` : town.dataset.short);
    town.setAttribute("aria-label", found ? `${town.dataset.name} ${say(found.level)} ${say(found.mark)} ${found.open}` : town.dataset.name);
  }
  const marked = [...towns.values()].filter((town) => town.dataset.level);
  marked.sort((a, b) => ORDER.indexOf(a.dataset.level) - ORDER.indexOf(b.dataset.level));
  if (marked.some((town, place) => layer.children[layer.children.length - marked.length + place] !== town)) layer.append(...marked);
}

function sized(mark) {
  for (const [name, value] of Object.entries({ x: -17, y: -17, width: 34, height: 34 })) mark.setAttribute(name, value);
  return mark;
}

const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

layer.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const from = event.target.closest(".town");
  if (!step || !from) return;
  event.preventDefault();
  const next = nearest(from, step);
  if (!next) return;
  from.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

/** The nearest township within a quarter turn of the arrow. */
function nearest(from, [dx, dy]) {
  let best = null;
  let least = Infinity;
  for (const town of towns.values()) {
    const [x, y] = [town.dataset.x - from.dataset.x, town.dataset.y - from.dataset.y];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (along <= 0 || aside > along) continue;
    if (along + aside < least) [best, least] = [town, along + aside];
  }
  return best;
}
