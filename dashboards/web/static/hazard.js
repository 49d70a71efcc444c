// Keeps a hazard's page up to date: what changed is fetched and put in its place, but never under somebody's hands.
const parts = () => document.querySelectorAll("[data-live]");
let fresh = true;
let asked = 0;

const source = new EventSource("/stream");
source.addEventListener("wall", () => { fresh = false; });
source.addEventListener("beat", () => { fresh = false; });
addEventListener("pagehide", () => source.close());

async function renew() {
  if (fresh || document.hidden || performance.now() - asked < 2000) return;
  [fresh, asked] = [true, performance.now()];
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts()) {
    const next = page.querySelector(`[data-live="${part.dataset.live}"]`);
    const busy = part.contains(document.activeElement) || part.querySelector("details[open]") || written(part);
    if (next && !busy && part.innerHTML !== next.innerHTML) part.innerHTML = next.innerHTML;
  }
}

const written = (part) => [...part.querySelectorAll("input")].some((input) => input.value);

setInterval(renew, 500);
