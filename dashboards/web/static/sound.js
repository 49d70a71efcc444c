// Two tones every two seconds while a red waits. A browser may refuse until it is clicked: the button says which it is.
import { say } from "./config.js";
import { setText } from "./dom.js";

const button = document.getElementById("sound");
let audio = null;
let wanted = localStorage.getItem("sound") === "on";
let calling = false;

function begin() {
  audio ??= new AudioContext();
  audio.onstatechange = show;
  audio.resume(); // never awaited: without a gesture it does not settle
  show();
}

const isOn = () => wanted && audio?.state === "running";

function show() {
  button.setAttribute("aria-pressed", isOn());
  setText(button, say(isOn() ? "sound_on" : "sound_off"));
}

button.addEventListener("click", () => {
  wanted = !isOn();
  localStorage.setItem("sound", wanted ? "on" : "off");
  if (wanted) begin();
  show();
});

if (wanted) begin();

export function callFor(red) {
  calling = red;
}

function tone(at, frequency) {
  const [wave, loudness] = [audio.createOscillator(), audio.createGain()];
  wave.frequency.value = frequency;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.25, at + 0.02);
  loudness.gain.linearRampToValueAtTime(0, at + 0.28);
  wave.connect(loudness).connect(audio.destination);
  wave.start(at);
  wave.stop(at + 0.3);
}

setInterval(() => {
  if (!calling || !isOn()) return;
  tone(audio.currentTime, 880);
  tone(audio.currentTime + 0.35, 660);
}, 2000);
