// The talk on paper: a sheet for each noted step, with the graph, the sentence, the note, and lines to write on.

import { aim, scaleToFit, shown, viewAt } from "./camera.js";
import { h } from "./dom.js";
import { Graph } from "./graph.js";
import { noteAt, talkTimes } from "./notes.js";
import { plain } from "./phrase.js";
import { question } from "./prediction.js";
import { copyOf } from "./saving.js";
import { sentence } from "./sentences.js";

const ROOM = { width: 1030, height: 400 }; // px: what a sheet has for the graph
const READABLE = 0.7; // the scale below which only a part of a graph is printed: type of 10 px
const LARGEST_PRINT = 1.3;
const MOST_SHEETS = 60;
const LINES = 4;

/** While its window is printed, a player is a handout. */
export function printHandout(player) {
  let handout = null;
  addEventListener("beforeprint", () => {
    handout = buildHandout(player);
    player.ui.root.after(handout);
  });
  addEventListener("afterprint", () => handout?.remove());
}

function buildHandout(player) {
  const { trace, pass, levels } = player;
  const graph = new Graph(trace, levels.map, {});
  const times = talkTimes(trace, pass);
  const sheets = times.slice(0, MOST_SHEETS).map((time) => buildSheet(player.moment(time), graph, levels));
  const more = times.length - sheets.length;
  const rest = `${more} more steps are not printed: notes, step(…, notes={…}), say which are.`;
  return h("div", { class: "handout" }, ...sheets, more > 0 && h("p", {}, rest));
}

function buildSheet(moment, graph, levels) {
  const { trace, pass, time, event, isAsking } = moment;
  graph.paint(moment);
  const note = noteAt(trace, pass, time);
  return h(
    "article",
    { class: "sheet" },
    h("header", {}, h("h1", {}, trace.title), h("span", {}, `step ${time} of ${pass.end}`)),
    drawing(moment, graph, levels),
    h("p", { class: "said" }, plain(isAsking ? question(trace, event) : sentence(trace, pass, time))),
    note && h("p", { class: "noted" }, note),
    ...Array.from({ length: LINES }, () => h("hr", {})),
  );
}

/** The graph at a moment: all of it where that can be read, else what the moment speaks of. */
function drawing(moment, graph, levels) {
  const [width, height] = graph.size;
  const bounds = [0, -graph.top, width, height];
  const k = Math.min(scaleToFit([width, height + graph.top], ROOM), LARGEST_PRINT);
  const ends = graph.ends(moment);
  const spoken = ends.length
    ? ends.map(({ box }) => box)
    : [graph.boxOf(levels.nearest(moment.backward ? moment.trace.root : 0))];
  const { box } = aim(spoken, READABLE, ROOM);
  const view = viewAt(box, Math.max(k, READABLE), bounds, ROOM);
  graph.placeLabel(view, ROOM, graph.taken(view, ROOM, ends));
  return copyOf(graph, shown(view, ROOM));
}
