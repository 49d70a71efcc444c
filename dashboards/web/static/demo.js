// The demonstration: the clock's controls, the phone of whoever was told of the red that waits, and the day's end.
import { say } from "./config.js";
import { setText } from "./dom.js";

const phone = document.getElementById("phone");
const idle = document.getElementById("phone-idle");
const coach = document.getElementById("coach");
const pointer = document.getElementById("pointer");
const WIDTH = 390;
const ended = document.getElementById("ended");
const READ_MS = 6000;
let asked = false;
let ran = false;

document.querySelector(".pace").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new URLSearchParams({ speed: event.submitter.value });
  fetch("/pace", { method: "POST", body, redirect: "manual" });
});

/** The last phone page stays: after 收到 its next buttons are wanted. */
export function showPhone(beat) {
  const address = beat.demo.phone;
  asked = Boolean(address) && beat.pace === 1;
  if (!phone || !address || phone.getAttribute("src") === address) return;
  phone.src = address;
  phone.hidden = false;
  idle.hidden = true;
  fit();
}

function fit() {
  const frame = phone.parentElement;
  const scale = frame.clientWidth / WIDTH;
  phone.style.transform = `scale(${scale})`;
  phone.style.height = `${frame.clientHeight / scale}px`;
}

/** Says how the day went; beside the phone, who saw the day run is taken to its score, who comes back later is not. */
export function showEnd({ demo }) {
  ran ||= !demo.ends;
  if (!demo.ends || !ended.hidden) return;
  const { found, missed, false: untrue } = demo.score;
  const result = { n: found + missed, found, missed, false: untrue };
  setText(ended.querySelector("span"), say(missed ? "verdict_missed" : "verdict_all", result));
  ended.hidden = false;
  if (phone && ran) setTimeout(() => location.assign("/score"), READ_MS);
}

/** Points at the button while the slowed clock waits for it. */
export function tickPhone() {
  if (!phone) return;
  const button = asked && phone.contentDocument?.querySelector('button[value="accept"]');
  coach.hidden = !button;
  pointer.toggleAttribute("hidden", !button);
  if (!button) return;
  const scale = phone.parentElement.clientWidth / WIDTH;
  const place = button.getBoundingClientRect();
  const top = phone.getBoundingClientRect().top + (place.top + place.height / 2) * scale;
  pointer.style.top = `${top - pointer.parentElement.getBoundingClientRect().top}px`;
}

if (phone) addEventListener("resize", fit);
