// The demonstration: the clock's controls, and the phone of whoever was told of the red that waits.
const phone = document.getElementById("phone");
const idle = document.getElementById("phone-idle");
const coach = document.getElementById("coach");
const pointer = document.getElementById("pointer");
const WIDTH = 390;
let asked = false;

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
