// The left column: how many of each level and kind, and what is overdue.
import { kindName, say } from "./config.js";
import { make, setText } from "./dom.js";

const levels = document.getElementById("levels");
const kinds = document.getElementById("kinds");

export function showCounts(view) {
  for (const { level, open, waiting } of view.counts) {
    const row = levels.querySelector(`[data-level="${level}"]`);
    row.dataset.open = open;
    row.querySelector(".mark").dataset.mark = open ? (waiting ? "waiting" : "taken") : "cleared";
    setText(row.querySelector("b"), open);
    setText(row.querySelector("small"), waiting ? say("count_waiting", { n: waiting }) : "");
  }
  kinds.replaceChildren(
    ...view.kinds.map(({ kind, open }) =>
      make("a", { href: `/hazards?kind=${encodeURIComponent(kind)}` }, make("span", {}, kindName(kind)), make("b", {}, open)),
    ),
  );
  for (const sum of document.querySelectorAll("[data-sum]")) setText(sum, view[sum.dataset.sum]);
  document.querySelector('[data-sum="overdue"]').classList.toggle("wrong", view.overdue > 0);
}
