// The road's clock between two beats: it runs on at the road's pace, but never far ahead of what was last committed.
import { say } from "./config.js";

const AHEAD_REAL_MS = 1500;

let at = 0;
let pace = 0;
let heard = 0;

export function setClock(clock, newPace) {
  at = clock;
  pace = newPace;
  heard = performance.now();
}

export const now = () => at + Math.min(performance.now() - heard, AHEAD_REAL_MS) * pace;

export const two = (number) => String(number).padStart(2, "0");

/** 1:05, or 2:03:05 from an hour on. */
export function length(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A deadline: to the second within the hour, beyond it in hours and minutes. */
export function remaining(ms) {
  const minutes = Math.floor(Math.abs(ms) / 60000);
  return minutes < 60 ? length(ms) : say("hours", { h: Math.floor(minutes / 60), m: two(minutes % 60) });
}

/** HH:MM:SS at the site. */
export function timeOfDay(ms, offsetMinutes) {
  const local = new Date(ms + offsetMinutes * 60000);
  return [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(":");
}
