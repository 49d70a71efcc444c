// The banner: the oldest red that nobody has taken, until somebody does. Its place never moves.
import { kindName, say, config } from "./config.js";
import { make, makeMark, setText } from "./dom.js";
import { length } from "./clock.js";

const place = document.getElementById("banner");
let shown = null;
let timer = null;

export function showBanner(view) {
  const red = view.banner;
  const key = red ? JSON.stringify([red, view.banners]) : `calm ${view.overdue}`;
  if (key === shown) return;
  shown = key;
  place.dataset.state = red ? "red" : "calm";
  if (!red) {
    timer = null;
    place.replaceChildren(calm(view));
    return;
  }
  timer = make("span", { class: "timer", "data-opened": red.opened });
  place.replaceChildren(
    makeMark("red", "waiting"),
    make("span", { class: "where" }, red.place),
    make("span", { class: "what" }, red.mark === "cleared" ? `${kindName(red.kind)} · ${say("cleared")}` : red.brief[config.lang]),
    ...(view.banners > 1 ? [make("span", { class: "other" }, say("banner_more", { n: view.banners - 1 }))] : []),
    timer,
    make("a", { class: "button", href: `/hazard/${red.id}` }, say("open_hazard")),
  );
}

function calm(view) {
  const overdue = view.overdue ? ` · ${say("overdue")} ${view.overdue}` : "";
  return make("span", {}, say("banner_calm") + overdue);
}

export function tickBanner(now) {
  if (timer) setText(timer, `${say("waited")} ${length(Math.max(now - Number(timer.dataset.opened), 0))}`);
}
