// The elements of the player, and what they do.

import { PIPS } from "./boxes.js";
import { buildHelp, buildTools, descriptionList } from "./controls.js";
import { button, dropDown, h } from "./dom.js";
import { KEYS } from "./keys.js";
import { Linking } from "./linking.js";
import { MISTAKES } from "./mistakes.js";
import { buildPrediction } from "./predicting.js";
import { download, downloadPng, pictureOf } from "./saving.js";
import { copyLink, printTalk } from "./sharing.js";
import { GRAINS } from "./steps.js";
import { NodeTable } from "./table.js";
import { Talk } from "./talk.js";
import { PHASES, TICKS } from "./timeline.js";
import { Transport } from "./transport.js";

const FOLDED = "many nodes in one box, which a click opens: 3/5 have their number, ∂ 3/5 their gradient";
const LEGEND = [
  ...Object.entries(PHASES),
  ["folded", FOLDED],
  ["thick ring", "the node at work"],
  ["dashed ring", "the node that receives a gradient"],
  ["dashed outline", "a value that is not computed yet"],
  ["thick outline", "visited: its gradient is complete and was passed on"],
  ["data, grad", "a number, and its gradient: how fast the result changes with it"],
  ["■ □ 1 of 2", PIPS],
  ["ı above the slider", TICKS],
  ["yellow", "what means the same as the term, box, arrow, row or line of code under the pointer"],
  ["blue +, orange −", "the sign of a gradient: an arrow is as wide, its flow as fast, as it is large"],
];
const STOP_HELP = "Play stops there, and at a node whose card says so";
const PREDICT_HELP = "Each new gradient is hidden until you have typed it";
const MISTAKE_HELP = "The same backward pass, as a program with this mistake computes it";
const SPEEDS = { "1400ms": "slow", "600ms": "normal", "150ms": "fast" };

/** All elements by name; `root` holds them. */
export function buildLayout(player) {
  const ui = { ...buildTime(player), ...buildOptions(player), ...buildSide(player) };
  ui.sentence = h("p", { class: "sentence", "aria-live": "polite", role: "status" });
  ui.talk = new Talk((direction) => player.toNote(direction));
  ui.stage = h("div", { class: "stage" });
  ui.note = h("p", { class: "note", title: `folded: ${FOLDED}` });
  ui.trail = h(
    "nav",
    { class: "trail", hidden: true },
    button("‹", "back", () => player.back()),
    h("b", {}),
  );
  ui.levels = buildLevels(player);
  ui.notice = buildNotice();
  ui.help = buildHelp([descriptionList(LEGEND)], KEYS);
  const title = h("h1", {}, player.trace.title);
  ui.changes = h(
    "span",
    { class: "changes", hidden: true },
    h("span", {}),
    button("Undo", "undo the last change of a number", () => player.undo()),
    button("Reset", "the numbers as they were at first", () => player.reset()),
  );
  const left = h(
    "div",
    { class: "left" },
    ui.trail,
    ui.stage,
    buildFoot(player, ui.note, ui.changes),
    player.descent.element,
    player.card.element,
  );
  const side = h("div", { class: "side" }, ui.contributions, ui.predict, ui.tabs);
  ui.root = h(
    "div",
    { class: "cg-player", tabindex: 0, "data-lm-suppress-shortcuts": "true" },
    h("header", {}, title, ui.levels, ui.table.search, buildToolbar(player, ui.help)),
    h("main", {}, left, side),
    ui.notice,
    h("div", { class: "words" }, ui.sentence, ui.talk.element),
    ui.bar,
    ui.options,
    ui.help,
  );
  ui.linking = new Linking(ui.root, player.trace.nodes);
  return ui;
}

/** What is said of the page itself, until it is closed. */
function buildNotice() {
  const close = () => {
    notice.hidden = true;
  };
  const notice = h(
    "p",
    { class: "notice", role: "alert", hidden: true },
    h("span", {}),
    button("✕", "close the message", close),
  );
  return notice;
}

function buildLevels(player) {
  const levels = player.trace.levels.map(({ name }, i) => button(name, `show ${name}`, () => player.showWholeLevel(i)));
  const attributes = { class: "levels", role: "group", "aria-label": "folding", hidden: levels.length < 2 };
  return h("div", attributes, ...levels);
}

function buildToolbar(player, help) {
  const { html, css = "", isGuest } = player.options;
  const picture = () => pictureOf(player.graph, player.home, css);
  const saveSvg = () => download("graph.svg", "image/svg+xml", picture().text);
  return buildTools(
    help,
    player.home,
    button("⤢", "presenter mode", () => player.present()),
    button("SVG", "save the picture as SVG", saveSvg),
    button("PNG", "save the picture as PNG", () => downloadPng("graph.png", picture())),
    !isGuest && button("Link", "copy the link to this moment", () => copyLink(player)),
    html && button("Print", "print a handout: a sheet per note", () => printTalk(player)),
    html && button("HTML", "save this page", () => download("lesson.html", "text/html", html)),
  );
}

/** The line under the stage: what is shown, and how large. */
function buildFoot(player, note, changes) {
  return h(
    "div",
    { class: "foot" },
    note,
    changes,
    button("fit", "fit the graph", () => player.stage.fit()),
    button("+", "zoom in", () => player.stage.zoom(1.25)),
    button("−", "zoom out", () => player.stage.zoom(0.8)),
  );
}

function buildTime(player) {
  const ways = {
    first: ["to the beginning", () => player.pauseAt(0)],
    back: ["one step back", () => player.step(-1)],
    play: ["play or pause", () => player.togglePlay()],
    forward: ["one step forward", () => player.step(1)],
    last: ["to the end", () => player.pauseAt(player.pass.end)],
    go: ["time", (time) => player.pauseAt(time)],
  };
  const transport = new Transport(ways, player.pass.end);
  const grain = dropDown({ "aria-label": "a step is" }, Object.entries(GRAINS));
  const speed = dropDown({ "aria-label": "speed" }, Object.entries(SPEEDS));
  speed.value = "600ms";
  const bands = h("div", { class: "bands", title: `Marks: ${TICKS}`, "aria-hidden": "true" });
  const bar = h(
    "div",
    { class: "transport", role: "toolbar", "aria-label": "player" },
    ...transport.buttons,
    h("label", {}, "step ", grain),
    h("label", {}, "speed ", speed),
    h("div", { class: "time" }, bands, transport.scrub),
    transport.clock,
  );
  return { transport, grain, speed, bands, bar };
}

function buildOptions(player) {
  const predictOn = h("input", { type: "checkbox", onchange: () => player.startPredicting() });
  const limit = h("input", {
    type: "number",
    min: 0,
    step: "any",
    placeholder: "off",
    "aria-label": "stop where |gradient| exceeds",
  });
  const onNonfinite = h("input", { type: "checkbox" });
  const next = button("next stop", "to the next stop", () => player.toBreakpoint());
  const setMistake = (chosen) => player.setMistake(chosen);
  const mistake = dropDown({ "aria-label": "mistake" }, Object.entries(MISTAKES), setMistake);
  const nonfinite = h("label", {}, "or ", onNonfinite, " nan, inf");
  const options = h(
    "div",
    { class: "options" },
    h("label", { title: PREDICT_HELP }, predictOn, " ask me for each gradient"),
    h("span", { class: "stops", title: STOP_HELP }, "stop at |gradient| > ", limit, nonfinite, next),
    h("label", { title: MISTAKE_HELP }, "mistake: ", mistake),
    player.descent.isOffered && button("Descend", "gradient descent, in this page", () => player.descent.toggleOpen()),
  );
  return { predictOn, limit, onNonfinite, mistake, options };
}

function buildSide(player) {
  const contributions = h("section", { class: "stack", "aria-label": "contributions" });
  const tabs = h("div", { class: "tabs" });
  const search = () => player.search();
  const table = new NodeTable(player.trace.nodes, { choose: (node) => player.find(node), search, scroller: tabs });
  const code = h("ol", { class: "code" }, ...player.trace.lines.map((line, i) => codeLine(player, line, i)));
  if (player.trace.lines.length) tabs.append(h("h2", {}, "Code"), code);
  tabs.append(table.element);
  return { contributions, tabs, table, code, ...buildPrediction(player) };
}

function codeLine(player, [, number, text], i) {
  const line = h("button", { class: "link", onclick: () => player.showLine(i) }, `${number}  ${text}`);
  return h("li", { "data-line": i }, line);
}
