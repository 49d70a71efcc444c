// New alerts per quarter of an hour over the day: a line of bars per level, so that place says the level as colour does.
import { draw, setText } from "./dom.js";
import { say } from "./config.js";

const strip = document.getElementById("strip");
const rate = document.getElementById("rate");
const LEVELS = ["red", "orange", "yellow", "blue"];
const [ROW, BAR, QUARTERS, DAY] = [24, 10, 96, 86400000];
let drawn = "";
let cursor = null;
let start = 0;

export function showStrip(view) {
  const state = view.rate >= 10 ? "flood" : view.rate >= 3 ? "busy" : "normal";
  rate.dataset.state = state;
  setText(rate, `${say("rate", { n: view.rate })} ${say(`rate_${state}`)}`);
  const key = JSON.stringify(view.strip);
  if (key === drawn) return;
  drawn = key;
  start = view.strip.start;
  strip.setAttribute("viewBox", `0 0 ${QUARTERS * BAR} ${ROW * 4}`);
  const most = Math.max(4, ...view.strip.counts.flat());
  cursor = draw("path", { class: "cursor", "vector-effect": "non-scaling-stroke" });
  strip.replaceChildren(...view.strip.counts.flatMap((counts, row) => line(LEVELS[row], counts, row, most)), cursor);
}

function line(level, counts, row, most) {
  const base = (row + 1) * ROW - 1;
  const bars = counts.flatMap((count, quarter) => {
    if (!count) return [];
    const height = 5 + (ROW - 8) * Math.min(count / most, 1);
    return [draw("rect", { x: quarter * BAR + 1, y: base - height, width: BAR - 2, height, "data-level": level })];
  });
  const ground = draw("path", { class: "ground", d: `M0 ${base}H${QUARTERS * BAR}`, "vector-effect": "non-scaling-stroke" });
  return [ground, ...bars];
}

export function tickStrip(now) {
  if (!cursor) return;
  const x = (((now - start) / DAY) * QUARTERS * BAR).toFixed(1);
  if (cursor.dataset.x === x) return;
  cursor.dataset.x = x;
  cursor.setAttribute("d", `M${x} 0V${ROW * 4}`);
}
