// The live list: rows are kept by hazard, so that an update changes what differs and nothing jumps under the pointer.
import { config, kindName, say } from "./config.js";
import { make, makeMark, setAttribute, setText } from "./dom.js";
import { length, remaining } from "./clock.js";

const list = document.getElementById("list");
const more = document.getElementById("more");
const calm = document.getElementById("calm");
const rows = new Map();
let held = false;
let waiting = null;

list.addEventListener("pointerenter", () => { held = true; });
list.addEventListener("pointerleave", () => {
  held = false;
  if (waiting) showList(waiting);
});

/** The order to show: the server's, but while the pointer is on the list what stands there keeps its place. */
export function arrange(standing, wanted, keep) {
  if (!keep) return wanted;
  const kept = standing.filter((id) => wanted.includes(id));
  return [...kept, ...wanted.filter((id) => !kept.includes(id))];
}

export function showList(view) {
  waiting = held ? view : null;
  const byId = new Map(view.rows.map((row) => [row.id, row]));
  const order = arrange([...list.children].map((item) => item.dataset.id), [...byId.keys()], held);
  for (const [id, item] of rows) {
    if (!byId.has(id)) {
      item.remove();
      rows.delete(id);
    }
  }
  order.forEach((id, place) => {
    const item = rows.get(id) ?? newRow(id);
    update(item, byId.get(id));
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  });
  more.hidden = !view.more;
  setText(more, say("more", { n: view.more }));
  calm.hidden = view.listed > 0;
  list.hidden = view.listed === 0;
}

function newRow(id) {
  const part = (name) => make("span", { class: name });
  const item = make(
    "li",
    { "data-id": id },
    make(
      "a",
      { class: "row", href: `/hazard/${id}` },
      makeMark("blue", "waiting"),
      make("div", { class: "lines" }, part("place"), part("what")),
      make("div", { class: "who" }, part("owner"), part("told")),
      make("div", { class: "due" }, part("deadline"), part("age")),
    ),
  );
  rows.set(id, item);
  return item;
}

function update(item, row) {
  const link = item.firstElementChild;
  const key = JSON.stringify(row);
  if (item.dataset.key === key) return;
  item.dataset.key = key;
  link.querySelector(".mark").replaceWith(makeMark(row.level, row.mark));
  link.querySelector(".place").replaceChildren(make("span", { class: "name" }, row.place), ...tags(row));
  setText(link.querySelector(".what"), row.mark === "cleared" ? `${kindName(row.kind)} · ${say("cleared")}` : row.brief[config.lang]);
  setText(link.querySelector(".owner"), row.owner || told(row.told));
  setText(link.querySelector(".told"), row.owner ? phase(row) : say(row.told.name ? "told_only" : "nobody_told"));
  setAttribute(link, "data-mark", row.mark);
  setAttribute(link, "data-overdue", row.overdue);
  setAttribute(link, "data-deadline", row.deadline);
  setAttribute(link, "data-opened", row.opened);
}

function tags(row) {
  const shown = [];
  if (row.folded > 1) shown.push(say("folded", { n: row.folded }));
  else if (row.alerts > 1) shown.push(say("alerts_of", { n: row.alerts }));
  if (row.late) shown.push(say("late"));
  if (row.run) shown.push(say("drill"));
  return shown.map((text) => make("small", { class: "tag" }, text));
}

const phase = (row) => `${say(row.result ? `result_${row.result}` : "taken")} · ${say(row.phase)}`;

const told = ({ name, others }) => (others ? `${name} +${others}` : name);

/** Every deadline and age at the road's time. */
export function tickList(now) {
  for (const link of list.querySelectorAll(".row")) {
    const deadline = link.dataset.deadline ? Number(link.dataset.deadline) : null;
    const over = deadline !== null && now > deadline;
    setAttribute(link, "data-overdue", over);
    const clock = link.querySelector(".deadline");
    if (deadline === null) setText(clock, "–");
    else setText(clock, `${say(over ? "over" : "left")} ${remaining(deadline - now)}`);
    setText(link.querySelector(".age"), `${say("age")} ${length(Math.max(now - Number(link.dataset.opened), 0))}`);
  }
}
