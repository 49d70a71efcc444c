// The wall: every part shows what the stream says, and four times a second what the road's clock makes of it.
import { config } from "./config.js";
import { now } from "./clock.js";
import { follow } from "./stream.js";
import { showBanner, tickBanner } from "./banner.js";
import { showCounts } from "./counts.js";
import { showList, tickList } from "./list.js";
import { showMap } from "./map.js";
import { showStrip, tickStrip } from "./strip.js";
import { showBeat, showLost, tickStatus } from "./status.js";
import { callFor } from "./sound.js";
import "./theme.js";

const demo = config.demo ? await import("./demo.js") : null;

const look = follow({
  wall(view) {
    for (const show of [showBanner, showCounts, showList, showMap, showStrip]) show(view);
    callFor(Boolean(view.banner));
    tick();
  },
  beat(beat) {
    showBeat(beat);
    demo?.showPhone(beat);
    demo?.showEnd(beat);
    if (beat.build !== config.build) renew();
  },
  reset() {},
  lost: showLost,
});

function tick() {
  const time = now();
  tickBanner(time);
  tickList(time);
  tickStrip(time);
  tickStatus();
  demo?.tickPhone();
}

setInterval(() => {
  tick();
  look();
}, 250);

/** A new build: load anew, but only once the new page is there to be loaded. */
async function renew() {
  config.build = "";
  const page = await fetch(location.href).catch(() => null);
  if (page?.ok) location.reload();
}
