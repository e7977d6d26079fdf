// The player: steps forward and backward through a trace.

import { around, scaleToFit, shown } from "./camera.js";
import { Card } from "./card.js";
import { Changes } from "./changes.js";
import { paintContributions } from "./contributions.js";
import { listenToKeys, presenterOf } from "./controls.js";
import { Descent } from "./descent.js";
import { DescentControls } from "./descent_controls.js";
import { setClass, setText } from "./dom.js";
import { Uncomputable } from "./engine.js";
import { Graph } from "./graph.js";
import { keyActions } from "./keys.js";
import { buildLayout } from "./layout.js";
import { Levels } from "./levels.js";
import { setPhrase } from "./linking.js";
import { Markers } from "./markers.js";
import { Minimap } from "./minimap.js";
import { mistakenPass } from "./mistakes.js";
import { nextNote, notesIn } from "./notes.js";
import { question } from "./prediction.js";
import { reactionsOf } from "./reactions.js";
import { sentence } from "./sentences.js";
import { LEGIBLE, Stage } from "./stage.js";
import { biggerGrain, nextTime, stopsHere } from "./steps.js";
import { paintBands } from "./timeline.js";
import { readTrace } from "./trace.js";
import { Playback } from "./transport.js";
import { reason } from "./wording.js";

/** Everything shown is a function of the pass and the time. `time` and `go` are for whoever drives it. */
export class Player {
  /**
   * Puts a player into `host`. `data`: the JSON document that autograd/view makes of a graph. `options`:
   * rules (of its ops, by which it computes), updates (rules by which it descends), ownsPage (keys work everywhere,
   * HTML can be saved), isGuest (in another page, no link leads to its moments), html (its source), css (for pictures),
   * time (to begin at), onTime(time), onNumbers(a Map from leaves).
   */
  constructor(host, data, options = {}) {
    this.options = options;
    this.home = host.closest(".cg"); // the page, or the place of a widget
    this.trace = readTrace(data, options.updates);
    this.changes = new Changes(this.trace, options.rules);
    const descent = new Descent(this.changes, options.updates, options.rules);
    this.descent = new DescentControls(descent, (make) => this.change(make));
    this.pass = this.trace.correct;
    this.time = 0;
    this.levels = new Levels(this.trace);
    this.selected = -1;
    this.stops = new Set(); // nodes with a breakpoint
    this.solved = 0; // the time of the latest prediction that was right
    this.playback = new Playback((playing) => this.ui.transport.showPlaying(playing));
    this.card = new Card(this);
    this.ui = buildLayout(this);
    this.markers = new Markers((box) => this.stage.centre([box]));
    this.minimap = new Minimap((point) => this.stage.lookAt(point, this.stage.view.k));
    this.ui.stage.append(this.markers.element, this.minimap.element);
    this.stage = new Stage(this.ui.stage, () => this.showAround());
    host.replaceChildren(this.ui.root);
    this.present = presenterOf(this.ui.root, this.home, (presents) => this.showPresenter(presents));
    this.stopListening = listenToKeys(keyActions(this), this.ui.help, (event) => this.isMeant(event));
    this.sizeText();
    this.paintTime();
    this.showLevel(this.fittingLevel);
    this.go(options.time ?? 0);
    setTimeout(() => this.search()); // the table comes after the first paint
    this.stage.observe(() => this.resize());
  }

  /** Is a key for the player? Those that scroll a page are for a clicker, in presenter mode; a graph has arrow keys. */
  isMeant({ key, target }) {
    if (key.startsWith("Page") && !this.presents) return false;
    if (key.startsWith("Arrow") && this.graph.svg.contains(target)) return false;
    return this.options.ownsPage || this.ui.root.contains(target);
  }

  /** Has it a window of its own: is it no frame in a notebook, and no widget? */
  get isAlone() {
    return Boolean(this.options.ownsPage) && parent === window;
  }

  close() {
    this.pause();
    this.stopListening();
  }

  // ── time ──

  go(to) {
    this.time = Math.max(0, Math.min(this.pass.end, Math.round(to)));
    this.ui.guess.value = "";
    setText(this.ui.verdict, "");
    this.paint();
    this.options.onTime?.(this.time);
  }

  /** Goes there, and stops playing. */
  pauseAt(to) {
    this.pause();
    this.go(to);
  }

  /** One step, or a bigger one, forward (direction 1) or back (−1). */
  step(direction, bigger = false) {
    const grain = this.ui.grain.value;
    this.pauseAt(nextTime(this.trace, this.pass, this.time, direction, bigger ? biggerGrain(grain) : grain));
    if (this.isAsking) this.ui.guess.focus();
  }

  togglePlay() {
    if (this.playback.playing) return this.pause();
    if (this.time >= this.pass.end) this.go(0);
    const tick = () => {
      this.go(nextTime(this.trace, this.pass, this.time, 1, this.ui.grain.value));
      return this.time < this.pass.end && !this.stopsAt(this.time) && !this.isAsking;
    };
    return this.playback.play(tick, () => Number.parseFloat(this.ui.speed.value), 0);
  }

  pause() {
    this.playback.pause();
  }

  /** The bar of time of this pass. */
  paintTime() {
    this.ui.transport.scrub.max = this.pass.end;
    paintBands(this.ui.bands, this.pass, notesIn(this.trace, this.pass), (time) => this.pauseAt(time));
  }

  /** To the next note, or (direction −1) to the one before. */
  toNote(direction) {
    this.pauseAt(nextNote(this.trace, this.pass, this.time, direction) ?? this.time);
  }

  toBreakpoint() {
    this.pause();
    let t = this.time + 1;
    while (t < this.pass.end && !this.stopsAt(t)) t += 1;
    if (this.stopsAt(t)) this.go(t);
    else setText(this.ui.sentence, "There is no stop ahead.");
  }

  stopsAt(time) {
    const limit = Number.parseFloat(this.ui.limit.value);
    const onNonfinite = this.ui.onNonfinite.checked;
    return stopsHere(this.trace, this.pass.event(time), { stops: this.stops, limit, onNonfinite });
  }

  /** The pass through the trace as it is now, with a mistake in it, or "" for none; at the same time. */
  setMistake(mistake) {
    this.pause();
    const { history } = this.pass;
    this.pass = mistake ? mistakenPass(this.trace, mistake) : this.trace.correct;
    this.ui.root.classList.toggle("mistaken", Boolean(mistake));
    if (this.pass.history !== history) this.paintTime(); // the same happens at other times
    this.go(this.time);
  }

  // ── other numbers ──

  /** Gives a leaf another number: all that depends on it follows, at the same step. */
  setNumber(node, x) {
    this.change(() => this.changes.set(node, x));
  }

  /** Gives a leaf, or every leaf, the number again that Python had. */
  reset(node) {
    this.change(() => this.changes.reset(node));
  }

  undo() {
    this.change(() => this.changes.undo());
  }

  /** Makes a change; where a node would have no value, says why, and all stays as it was. Returns what it says. */
  change(make) {
    try {
      make();
      this.descent.follow();
    } catch (error) {
      if (!(error instanceof Uncomputable)) throw error;
      const said = reason(this.trace, this.trace.nodes[error.node], error.x);
      setText(this.ui.sentence, said);
      return said;
    }
    this.trace = this.changes.trace;
    this.setMistake(this.pass.mistake);
    this.options.onNumbers?.(this.changes.all);
    return "";
  }

  // ── the moment ──

  /** All that the parts of the page need to know of it. */
  moment(time = this.time) {
    const { trace, pass, selected, stops, changes } = this;
    const isAsking = this.asksAt(time);
    const { words } = this.ui.table;
    const [event, backward] = [pass.event(time), time > pass.forwardEnd];
    return { trace, pass, time, event, backward, isAsking, selected, stops, changes, words };
  }

  paint() {
    const { ui, pass, time } = this;
    const moment = this.moment();
    const { event } = moment;
    const focused = ui.root.contains(document.activeElement) && document.activeElement;
    setPhrase(ui.sentence, moment.isAsking ? question(this.trace, event) : sentence(this.trace, pass, time));
    ui.predict.hidden = !moment.isAsking;
    ui.transport.show(time, pass.end, `step ${time} of ${pass.end}`);
    setText(ui.transport.clock, `${time} / ${pass.end}`);
    ui.changes.hidden = !this.changes.count;
    setText(ui.changes.firstChild, `${this.changes.count} changed `);
    paintContributions(ui.contributions, moment);
    ui.talk.paint(moment);
    this.graph.paint(moment);
    this.ends = this.graph.ends(moment);
    ui.table.paint(moment);
    if (this.stage.measure())
      this.resize(); // the sentence takes more room, or less
    else this.followStep();
    this.showAround();
    const line = this.trace.nodes[event?.node]?.line;
    for (const item of ui.code.children) setClass(item, Number(item.dataset.line) === line ? "now" : "");
    if (this.card.node >= 0) this.card.show(moment, this.card.node);
    ui.linking.refresh();
    const isGone =
      focused && (focused.disabled || focused.closest("[hidden]") || document.activeElement === document.body);
    if (isGone) ui.root.focus(); // what went away can't keep it
  }

  // ── predicting ──

  get isAsking() {
    return this.asksAt(this.time);
  }

  /** Is the number of a step hidden until the student types it? */
  asksAt(time) {
    const open = this.ui.predictOn.checked && !this.pass.mistake && time > this.solved;
    return open && this.pass.event(time)?.kind === "accumulate";
  }

  startPredicting() {
    this.solved = this.time - 1;
    this.paint();
  }

  // ── the graph ──

  /** The level with which a page opens: the finest that can be read as a whole. */
  get fittingLevel() {
    return this.levels.finest((size) => scaleToFit(size, this.stage.room) >= LEGIBLE);
  }

  showLevel(index) {
    this.levels.choose(index);
    this.drawMap();
  }

  /** The level as it is when none of its boxes is open. */
  showWholeLevel(index) {
    this.levels.closeAll(index);
    this.showLevel(index);
  }

  openPart(part) {
    this.levels.part = part;
    this.drawMap();
  }

  /** Out of an opened box, into the one around it. */
  back() {
    if (this.levels.isWhole) return;
    const isWalking = this.ui.root.querySelector(":focus-visible");
    const left = this.levels.leave();
    this.drawMap();
    if (isWalking) this.graph.opening(left)?.g.focus();
  }

  /** Draws what is shown of the graph. */
  drawMap() {
    const { ui, levels, stage } = this;
    this.graph = new Graph(this.trace, levels.map, reactionsOf(this));
    this.ends = [];
    stage.show(this.graph);
    const boxes = this.graph.map.boxes.map(({ at }) => at);
    this.minimap.draw(stage.bounds, boxes);
    setText(ui.note, this.graph.map.note);
    ui.trail.hidden = levels.isWhole;
    setText(ui.trail.lastChild, ` ${levels.path.join(" › ")}`);
    for (const [i, control] of [...ui.levels.children].entries()) {
      control.setAttribute("aria-pressed", i === levels.index && levels.isWhole);
    }
    this.unselect();
    this.begin();
    this.paint();
  }

  /** Another size of the stage: type and view anew, unless the reader has moved the drawing. */
  resize() {
    this.sizeText();
    if (this.stage.fitted || this.presents) this.begin();
    this.followStep();
  }

  /** The whole graph, or the part of it where the pass is, if the whole could not be read. */
  begin() {
    const { pass, time, trace, graph, levels } = this;
    const first = pass.events.find(({ kind }) => kind === "forward")?.node ?? trace.root; // where the data enter
    const now = pass.event(time)?.node ?? (time > pass.forwardEnd ? trace.root : first);
    this.stage.fit(graph.boxOf(levels.nearest(now)));
  }

  /** Keeps on the stage what the step speaks of: of a sum's operands, as many as can be read together. */
  followStep() {
    if (this.ends.length) this.stage.follow(this.ends.map(({ box }) => box));
  }

  /** What of the step is not on the stage, and where the stage is in the graph. */
  showAround() {
    const { view, room } = this.stage;
    const seen = shown(view, room);
    this.graph.reveal(around([seen, this.seen ?? seen])); // and what is passed on the way there
    this.seen = seen;
    const taken = this.graph.taken(view, room, this.ends);
    this.graph.placeLabel(view, room, taken);
    this.markers.show(this.ends, view, room, taken);
    this.minimap.show(view, room, this.ends, taken);
  }

  get presents() {
    return this.ui.root.classList.contains("present");
  }

  /** The whole screen for the graph and the sentence, in large type, is given to them or taken. */
  showPresenter(presents) {
    this.ui.root.classList.toggle("untabled", presents);
    this.sizeText();
    this.drawMap();
  }

  toggleTable() {
    this.ui.root.classList.toggle("untabled");
    this.paint(); // which scrolls it to the row of the step
  }

  /** Type for who sits at the screen, or in the last row. */
  sizeText() {
    const size = Number.parseFloat(getComputedStyle(this.ui.root).fontSize);
    this.stage.setTextSizes(...(this.presents ? [size, size] : [0.875 * size, 11]));
    this.stage.measure();
  }

  // ── one node ──

  select(node) {
    this.selected = node;
    this.card.pin();
    this.card.show(this.moment(), node);
    this.paint();
  }

  /** Selects a node of the table, and brings it to the middle. */
  find(node) {
    this.select(node);
    this.stage.centre([this.graph.boxOf(node)]);
  }

  unselect() {
    this.card.close();
    if (this.selected < 0) return;
    this.selected = -1;
    this.paint();
  }

  toggleStop(node) {
    if (!this.stops.delete(node)) this.stops.add(node);
    this.select(node);
  }

  search() {
    this.ui.table.fill();
    this.paint();
  }

  /** Brings what a line of code made to the middle. */
  showLine(line) {
    const made = this.trace.nodes.filter((node) => node.line === line);
    this.stage.centre(made.map(({ index }) => this.graph.boxOf(index)));
  }
}
