// Is it alive, and what time is it: the live state, the clock, the pace and the road's figures.
import { config, say } from "./config.js";
import { length, now, setClock, timeOfDay } from "./clock.js";
import { setAttribute, setText } from "./dom.js";

const STILL_SECONDS = 12;
const live = document.getElementById("live");
const clock = document.getElementById("clock");
const figure = (name) => document.querySelector(`[data-health="${name}"]`);
let last = null;
let heard = 0;

export function showBeat(beat) {
  last = beat;
  heard = performance.now();
  setClock(beat.clock, beat.demo.ends ? 0 : beat.pace);
  setText(figure("received"), count(beat.received));
  setText(figure("readings"), count(beat.readings));
  setText(figure("stored"), count(beat.readings));
  setText(figure("per_second"), beat.received ? say("per_second", { n: beat.per_second }) : "");
  for (const button of document.querySelectorAll(".pace button")) {
    setAttribute(button, "aria-pressed", Number(button.value) === beat.pace);
  }
  tickStatus();
}

// A cluster's database does not know how many readings there were: none is no figure.
function count(number) {
  return number ? number.toLocaleString("en") : "–";
}

export function showLost(seconds) {
  state("lost", say("not_live", { n: seconds }));
}

export function tickStatus() {
  if (!last) return;
  const time = now();
  setText(clock, last.clock ? timeOfDay(time, config.offset) : "--:--:--");
  setText(figure("reading_at"), last.reading_at ? say("last_reading", { n: length(Math.max(time - last.reading_at, 0)) }) : "");
  const still = last.still + Math.floor((performance.now() - heard) / 1000);
  setText(figure("committed"), say("committed", { n: still }));
  if (performance.now() - heard > STILL_SECONDS * 1000) return;
  if (last.demo.ends) state("paused", say("ended"));
  else if (last.pace === 0) state("paused", say("paused"));
  else if (still > STILL_SECONDS) state("lost", say("not_live", { n: still }));
  else state("live", config.demo ? `${say("live")} ×${last.pace}` : say("live"));
}

function state(name, text) {
  live.dataset.state = name;
  setText(live, text);
}
