// The live stream: reconnects by itself, and says when what is shown is not alive any more.
const LOST_AFTER_MS = 12000;

/** `on` has wall(view), beat(beat), reset(), lost(seconds). Returns a function that looks whether beats still come. */
export function follow(on) {
  let source = null;
  let last = "";
  let beatAt = performance.now();
  let again = 0;

  function open() {
    source = new EventSource(last ? `/stream?after=${last}` : "/stream");
    source.addEventListener("wall", (event) => {
      last = event.lastEventId;
      on.wall(JSON.parse(event.data));
    });
    source.addEventListener("reset", () => on.reset());
    source.addEventListener("beat", (event) => {
      beatAt = performance.now();
      on.beat(JSON.parse(event.data));
    });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) later(1000 + Math.random() * 29000);
    });
  }

  function later(ms) {
    source.close();
    clearTimeout(again);
    again = setTimeout(open, ms);
  }

  open();
  return () => {
    const quiet = performance.now() - beatAt;
    if (quiet < LOST_AFTER_MS) return;
    on.lost(Math.floor(quiet / 1000));
    if (source.readyState === EventSource.OPEN) later(500 + Math.random() * 1500);
  };
}
