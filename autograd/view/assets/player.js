// The player: steps forward and backward through a story (autograd/view/story.py says what is in it).
// No framework, no network. What came from the user is only ever set as text, never as markup.
"use strict";

// ── small tools ──

/** An HTML element: attributes, "on…" listeners, children; strings become text. */
function h(tag, attributes = {}, ...children) {
	return furnish(document.createElement(tag), attributes, children);
}

function s(tag, attributes = {}, ...children) {
	return furnish(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function furnish(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes)) {
		if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
		else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
	}
	element.append(...children.filter((child) => child != null));
	return element;
}

/** Writes only what changed; remembers it, for reading the page back is slow. */
function put(element, text) {
	if (element.said !== text) element.textContent = element.said = text;
}

function mark(element, names) {
	if (element.mark !== names) element.setAttribute("class", (element.mark = names));
}

/** Four digits, a real minus sign; nan and inf in words. */
function show(x) {
	if (Number.isNaN(x)) return "nan";
	if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
	const t = Number(x.toPrecision(4)), size = Math.abs(t);
	return (size >= 1e4 || (size && size < 1e-4) ? t.toExponential() : String(t)).replace(/-/g, "−");
}

const signed = (x) => (x > 0 ? "+" : "") + show(x);
const tone = (x) => (x > 0 ? "plus" : x < 0 ? "minus" : "plain");
const numberOf = (x) => (typeof x === "number" ? x : { inf: Infinity, "-inf": -Infinity }[x] ?? NaN);
const brief = (text, most = 26) => (text.length <= most ? text : `${text.slice(0, most / 2)}…${text.slice(1 - most / 2)}`);
/** A name written from right to left, so that it does not turn the formula around. */
const apart = (name) => (/[\u0590-\u08ff\ufb1d-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name);
const same = (a, b) => Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

const READABLE = 0.55; // a smaller graph can't be read from the back of the room

// ── the story, read ──

/** Nodes with numbers and names, the right run, and the layer of every node. */
function read(story) {
	const numbers = story.numbers.map(numberOf), nodes = story.nodes.map(({
		op, symbol = "", module = -1, own, label = own ? `${story.modules[module][0]}.${own}` : "", path = label, parents = [], local = [], data, line = -1,
	}, index) => ({
		op, symbol, label, path, module, parents, line, index, data: numbers[data], local: local.map((i) => numbers[i]), uses: 0,
		kind: ["input", "parameter", "constant"].includes(op) ? op : "result",
		full: story.model && module >= 0 ? `${story.model}.${path}` : path, name: apart(brief(label || (index === story.root ? "L" : `v${index}`))),
	}));
	const bearers = new Map(); // of a name: "h" alone says little where every neuron has one
	for (const { name } of nodes) bearers.set(name, (bearers.get(name) ?? 0) + 1);
	for (const node of nodes) if (bearers.get(node.name) > 1 && node.path) node.name = apart(brief(node.path));
	const top = (module) => (module < 0 ? -1 : story.modules[module][1] < 0 ? module : top(story.modules[module][1]));
	for (const node of nodes) node.layer = top(node.module);
	const tale = { ...story, nodes, numbers, L: nodes[story.root].name };
	tale.right = run(tale, expand(tale), nodes.map(() => 0));
	return tale;
}

/** Events with names for their numbers. */
function expand({ nodes, numbers, kinds, events }) {
	return events.map(([what, node, ...facts]) => {
		const kind = kinds[what], [x, y, local, contribution, before, after] = facts.map((i) => numbers[i]), [slot,,,,,, k, n] = facts;
		if (kind === "update") return { kind, node, before: x, after: y };
		if (kind !== "accumulate") return { kind, node, upstream: x };
		const parent = nodes[node].parents[slot];
		nodes[parent].uses = n;
		return { kind, node, slot, parent, upstream: y, local, contribution, before, after, k, n };
	});
}

/** Events, and when what happened to each node: going to any moment is a look-up. */
function run({ nodes, root }, events, start) {
	const about = nodes.map(() => ({ forward: Infinity, visit: Infinity, changes: [], arrivals: [] }));
	events.forEach((event, i) => {
		const time = i + 1;
		if (event.kind === "forward") about[event.node].forward = time;
		if (event.kind === "visit") about[event.node].visit = time;
		if (event.kind === "update") about[event.node].update = [time, event.after];
		if (event.kind === "seed") about[root].changes.push([time, 1]);
		if (event.kind === "accumulate") {
			about[event.parent].changes.push([time, event.after]);
			about[event.parent].arrivals.push([time, event]);
		}
	});
	const gradient = (node, time) => about[node].changes.findLast(([when]) => when <= time)?.[1] ?? start[node];
	const arrived = (node, time) => about[node].arrivals.filter(([when]) => when <= time).map(([, event]) => event);
	const data = (node, time) => ((about[node].update?.[0] ?? Infinity) <= time ? about[node].update[1] : nodes[node].data);
	const complete = (node, time) => (about[node].changes.at(-1)?.[0] ?? 0) <= time;
	const zero = events.findIndex(({ kind }) => kind === "zero") + 1 || Infinity;
	return { events, about, zero, data, gradient, arrived, complete, end: events.length, final: nodes.map((_, i) => gradient(i, Infinity)) };
}

/** The same backward pass with one of the usual mistakes in it. */
function mistaken(tale, mistake) {
	const { nodes, root, right } = tale;
	const start = nodes.map((node, i) => (mistake === "keep" && !node.parents.length ? right.final[i] : 0));
	const gradient = [...start], arrived = nodes.map(() => 0);
	const events = nodes.map((_, node) => ({ kind: "forward", node }));
	if (mistake !== "keep") events.push({ kind: "zero" });
	events.push({ kind: "seed", node: root });
	gradient[root] = 1;
	const passes = nodes.map(() => []);
	for (const event of right.events) if (event.kind === "accumulate") passes[event.node].push(event);
	for (const node of mistake === "order" ? breadthFirst(nodes, root) : nodes.map((_, i) => i).filter((i) => nodes[i].parents.length).reverse()) {
		const upstream = gradient[node];
		events.push({ kind: "visit", node, upstream });
		for (const event of passes[node]) {
			const { parent, local } = event, contribution = local * upstream, before = gradient[parent];
			gradient[parent] = mistake === "assign" ? contribution : before + contribution;
			events.push({ ...event, upstream, contribution, before, after: gradient[parent], k: (arrived[parent] += 1) });
		}
	}
	events.push({ kind: "done" });
	if ("lr" in tale.update) // what an optimizer would make of wrong gradients, only it could say
		for (const event of right.events) if (event.kind === "update") events.push({ ...event, after: event.before - tale.update.lr * gradient[event.node] });
	return run(tale, events, start);
}

/** Every node as soon as it is seen, also when not all that it is owed has arrived: the wrong order. */
function breadthFirst(nodes, root) {
	const seen = new Set([root]);
	for (const node of seen) for (const parent of nodes[node].parents) seen.add(parent); // a Set grows while it is read
	return [...seen].filter((node) => nodes[node].parents.length);
}

// ── boxes that open ──

/** An opened part as a map like the story's levels: what is in it, what that is joined to, and one box for all else. */
function opened(story, { nodes }, k) {
	const { boxes, frames, size: [width, height] } = story.parts[k], lanes = new Map(), arrows = new Map();
	const of = new Map(boxes.map(([what, x, y, w, h, chip = 0]) => [what, { what, at: [x, y, w, h], chip, ...face(story, nodes, what) }]));
	const spots = nodes.map((_, node) => {
		let box = of.get(node);
		for (let part = story.part[node]; !box && part >= 0; part = story.parts[part].in) box = of.get(-1 - part);
		return box ?? of.get(null);
	});
	const shown = [...new Set(spots)], own = shown.map(({ what }) => (what < 0 ? story.parts[-1 - what].in : story.part[what]) === k);
	const number = new Map(shown.map((box, i) => [box, i])), place = spots.map((box) => number.get(box));
	for (const node of nodes) node.parents.forEach((parent, slot) => {
		const tail = place[parent], head = place[node.index], folded = shown[tail].kind === "folded" || shown[head].kind === "folded";
		if (tail !== head && (own[tail] || own[head])) arrows.set(`${tail} ${head} ${folded ? "" : slot}`, { ends: [tail, head], width: 2.5 });
	});
	for (const side of [0, 1]) shown.forEach(({ at: [, y,, h] }, i) => { // arrows leave and arrive side by side
		const some = [...arrows.values()].filter(({ ends }) => ends[side] === i).sort((a, b) => shown[a.ends[1 - side]].at[1] - shown[b.ends[1 - side]].at[1]);
		some.forEach((arrow, n) => { (arrow.y ??= [])[side] = y + 0.7 * h * ((n + 0.5) / some.length - 0.5); });
	});
	for (const arrow of arrows.values()) {
		const [tail, head] = arrow.ends.map((i) => shown[i].at), x = tail[0] + tail[2] / 2, end = head[0] - head[2] / 2 - 9, [y, to] = arrow.y;
		const between = end < x || shown.some(({ at: [cx, cy, w, h] }) => cx - w / 2 > x && cx + w / 2 < end && cy + h > Math.min(y, to) && cy - h < Math.max(y, to));
		if (between && !lanes.has(arrow.ends[0])) lanes.set(arrow.ends[0], -16 - 10 * lanes.size); // over the boxes in its way
		const lane = lanes.get(arrow.ends[0]);
		arrow.d = end < x ? `M${x} ${y}C${x + 50} ${y} ${x + 50} ${lane} ${x} ${lane}H${end}C${end - 50} ${lane} ${end - 50} ${to} ${end} ${to}`
			: between ? `M${x} ${y}C${x + 24} ${y} ${x + 8} ${lane} ${x + 40} ${lane}H${end - 36}C${end - 4} ${lane} ${end - 26} ${to} ${end} ${to}`
			: `M${x} ${y}C${(x + end) / 2} ${y} ${(x + end) / 2} ${to} ${end} ${to}`;
		arrow.tip = [end + 9, to];
	}
	const around = story.parts[k].in, inside = spots.filter((box) => own[number.get(box)]).length;
	const note = `${story.parts[k].title}: ${inside} nodes in ${own.filter(Boolean).length} boxes${around < 0 && "part" in story.levels[0] ? "; click one to open it" : "; Backspace or ‹ goes back"}`;
	return { boxes: shown, arrows: [...arrows.values()], frames, place, note, top: 16 + 10 * lanes.size, size: [width, height] };
}

/** How a box of an opened part looks: a node (its index), another part (−1 − its index), or all else (null). */
function face({ parts }, nodes, what) {
	if (what === null) return { kind: "folded", name: "elsewhere", opens: -1 };
	if (what < 0) return { kind: "folded", name: brief(parts[-1 - what].title), opens: -1 - what };
	const { kind, label, module, name } = nodes[what];
	return { kind, name: label ? brief(module < 0 ? label : label.split(".").pop()) : name };
}

// ── words ──

const HELP = [
	["← →", "one step back or on"], ["Shift + ← →", "a bigger step: a node, or a layer"], ["Home End", "to the beginning, to the end"],
	["Space", "play or pause"], ["b", "on to the next breakpoint"], ["/", "search a node"], ["l", "the next level of folding"],
	["Enter ⌫", "open the focused box, and back"],
	["f + −", "fit the graph, zoom"], ["p t", "presenter mode: large type; the table, there or not"], ["?", "this help"], ["Esc", "close what is open"],
];
const MISTAKES = {
	"": "no mistake", assign: "= instead of +=", keep: "no zero_grad before this pass", order: "wrong order of visits",
};

/** What happens at one moment, in words and numbers. */
function sentence(tale, played, time) {
	const event = played.events[time - 1];
	if (!event) return "Nothing is computed yet. Step on (→) to begin the forward pass.";
	const { nodes, L } = tale, node = nodes[event.node];
	switch (event.kind) {
		case "forward": return forwardSentence(nodes, node);
		case "zero": return "zero_grad: every gradient is set to 0, because backward only ever adds to what is there.";
		case "update": return updateSentence(tale, played, event, node.name);
		case "seed": return `Backward begins at ${L}: a number changes with itself one to one, so ∂${L}/∂${L} = 1.`;
		case "visit": return visitSentence(tale, played, event, time);
		case "accumulate": return accumulateSentence(tale, played, event, time);
		default: return doneSentence(tale, played);
	}
}

function forwardSentence(nodes, node) {
	if (!node.parents.length) return `${node.name} = ${show(node.data)}: ${node.kind === "input" ? "an input" : `a ${node.kind}`}.`;
	const from = node.parents.slice(0, 6).map((p) => `${nodes[p].name} = ${show(nodes[p].data)}`).join(", ");
	return `Forward: ${node.name} = ${show(node.data)}, by ${node.symbol} from ${from}${node.parents.length > 6 ? ", …" : ""}.`;
}

/** "wrong (1 is right)" of what a mistake makes of a gradient, else nothing. */
function wrongly(right, played, node, x) {
	return !played.mistake || same(x, right.final[node]) ? "" : `wrong (${show(right.final[node])} is right)`;
}

function visitSentence({ nodes, L, right }, played, event, time) {
	const node = nodes[event.node], k = played.arrived(event.node, time).length;
	const gradient = `∂${L}/∂${node.name} = ${show(event.upstream)}`;
	if (k < node.uses) return `Too early: ${node.name} is visited when only ${k} of ${node.uses} contributions have arrived. It passes on ${gradient}.`;
	const all = node.uses > 1 ? `all ${node.uses} of ${node.uses} contributions have arrived, so ` : "";
	return `Visit ${node.name}: ${all}${gradient} is ${wrongly(right, played, event.node, event.upstream) || "complete"} and is passed on to ${node.parents.length > 1 ? `${node.parents.length} operands` : "its operand"}.`;
}

function accumulateSentence({ nodes, L, right }, played, event, time) {
	const z = nodes[event.node].name, w = nodes[event.parent].name;
	const rule = `∂${L}/∂${w} ${played.mistake === "assign" ? "=" : "+="} ∂${L}/∂${z} · ∂${z}/∂${w}${place(nodes[event.node], event.slot)}`;
	const numbers = `${show(event.upstream)} · ${show(event.local)} = ${show(event.contribution)} (${show(event.before)} → ${show(event.after)})`;
	return `${rule} = ${numbers}. ${afterwards(nodes[event.parent], wrongly(right, played, event.parent, event.after), played, event, time)}`;
}

/** Which operand, where a node is used twice by another: x · x has ∂/∂x = x at each of its places, and 2x in all. */
function place({ parents }, slot) {
	return parents.filter((p) => p === parents[slot]).length > 1 ? ` (as operand ${slot + 1})` : "";
}

function afterwards(parent, wrong, played, event, time) {
	if (played.mistake === "assign" && event.k > 1) return `The ${show(event.before)} that had arrived is lost.`;
	if (played.about[event.parent].visit < time) return `Too late: ${parent.name} was visited before, so this goes no further.`;
	if (event.k < event.n) return `${event.k} of ${event.n} contributions: ${parent.name} has to wait.`;
	const all = event.n > 1 ? `${event.k} of ${event.n} contributions: ` : "";
	if (wrong) return `${all}The gradient of ${parent.name} is ${wrong}.`;
	return parent.parents.length ? `${all}${parent.name} can be visited.` : `${all}${parent.name} has its gradient.`;
}

function updateSentence({ update, L }, played, { node, before, after }, name) {
	const gradient = played.final[node], by = `${update.by}: ${name}`;
	if ("lr" in update) return `${by} ← ${name} − ${show(update.lr)} · ∂${L}/∂${name} = ${show(before)} − ${show(update.lr)} · ${show(gradient)} = ${show(after)}.`;
	return `${by} goes ${show(before)} → ${show(after)}, a step of ${signed(after - before)}, where ∂${L}/∂${name} = ${show(gradient)}.`;
}

function doneSentence({ nodes, right }, played) {
	const wrong = nodes.filter((_, i) => !same(played.final[i], right.final[i])).length;
	if (played.mistake && !wrong) return `Done, with “${MISTAKES[played.mistake]}”: no gradient is wrong, in this graph it makes no difference.`;
	if (!played.mistake) return "Done: every node was visited once, after all that used it, and every gradient is complete.";
	return `Done, with “${MISTAKES[played.mistake]}”: ${wrong} of ${nodes.length} gradients are wrong.`;
}

/** Why a predicted gradient is not the right one; "" when it is. */
function diagnose(guess, event, rule) {
	const near = (x) => show(guess) === show(x) || (Number.isFinite(x) && Math.abs(guess - x) <= 0.006 * Math.abs(x) + 1e-12);
	const { before, after, upstream, local, contribution } = event;
	if (near(after)) return "";
	if (near(contribution)) return `Forgot to add: ${show(before)} had arrived before, and contributions add up.`;
	if (near(local) || near(before + local)) return "Forgot the upstream gradient: multiply the local derivative by it.";
	if (near(before + upstream)) return `Forgot the local derivative: multiply ${show(upstream)} by it.`;
	if (near(-after) || near(before - contribution)) return "Wrong sign: count the negative factors.";
	if (!upstream) return "The upstream gradient is 0: it adds nothing.";
	const used = (guess - before) / upstream;
	return `Wrong local derivative: your answer would need ${show(used)}. ${rule}`;
}

/** What the op table says of one slot: "The rule: for y = a * b, ∂y/∂a = b." */
function ruleOf(row, slot) {
	return row?.local[slot] ? `The rule: for y = ${row.value}, ∂y/∂${row.operands[slot]} = ${row.local[slot]}.` : row?.doc ?? "";
}

// ── the player ──

/**
 * Puts a player into `host`. options: page (the document is ours: keys work everywhere, HTML can be saved),
 * html (its source), css (for exported pictures), time (to begin at), onTime(time). Gives { go, time, close } to whoever drives it.
 */
function chalkgradPlayer(host, story, options = {}) {
	const tale = read(story), { nodes } = tale;
	let played = tale.right, time = 0, level = 0, timer = 0, selected = -1, solved = 0, drawing;
	const open = story.levels.map(({ part = -1 }) => part); // the part that is open in each level
	let view = { x: 0, y: 0, k: 1 }; // where the graph is on the stage, and how large
	let fitted = true; // until the reader zooms or moves it
	let room = { width: 0, height: 0, left: 0, top: 0 }; // the stage; measured when it changes, because measuring is slow
	const stops = new Set(); // nodes with a breakpoint
	const KEYS = {
		ArrowLeft: (bigger) => step(-1, bigger), ArrowRight: (bigger) => step(1, bigger), Home: () => go(0), End: () => go(played.end),
		" ": play, b: toBreakpoint, "/": () => ui.search.focus(), l: () => choose(level + 1), Backspace: back, p: present,
		t: () => ui.root.classList.toggle("untabled"), f: fit, "+": () => zoomMiddle(1.25), "-": () => zoomMiddle(0.8), "?": help,
	};
	const ui = build();
	host.replaceChildren(ui.root);
	// On the window and before everyone else: Notebook 7 takes the arrow keys on the document.
	addEventListener("keydown", onKey, true);
	measure();
	bands();
	choose(legible());
	go(options.time ?? 0);
	setTimeout(search); // the table comes after the first paint
	new ResizeObserver(() => measure() && fitted && fit()).observe(ui.stage);
	return { go, get time() { return time; }, close: () => { pause(); removeEventListener("keydown", onKey, true); } };

	// ── time ──

	function go(to) {
		time = Math.max(0, Math.min(played.end, Math.round(to)));
		ui.guess.value = "";
		put(ui.verdict, "");
		paint();
		options.onTime?.(time);
	}

	/** What happens now; nothing before the first step. */
	function moment() {
		return played.events[time - 1];
	}

	function neighbour(direction, grain) {
		const group = (t) => groupOf(played.events, t, grain);
		let t = time + direction;
		if (grain === "edge") return t;
		if (direction > 0) { while (t < played.end && group(t + 1) === group(t)) t += 1; return t; }
		while (t > 0 && group(t) === group(t + 1)) t -= 1;
		return t;
	}

	/** Which node (or layer) is at work at a moment; a step goes on until it changes. */
	function groupOf(events, t, grain) {
		const event = events[t - 1];
		if (!event || event.node === undefined) return `${t}`;
		const phase = { forward: 0, seed: 1, update: 3 }[event.kind] ?? 2;
		return `${phase} ${grain === "layer" ? nodes[event.node].layer : event.node}`;
	}

	function step(direction, bigger = false) {
		pause();
		const grain = ui.grain.value;
		go(neighbour(direction, !bigger ? grain : grain === "edge" ? "node" : "layer"));
		if (waits()) ui.guess.focus();
	}

	function play() {
		if (timer) return pause();
		if (time >= played.end) go(0);
		put(ui.play, "Pause");
		const tick = () => {
			go(neighbour(1, ui.grain.value));
			timer = time >= played.end || stopsAt(time) || waits() ? pause() : setTimeout(tick, parseFloat(ui.speed.value));
		};
		timer = setTimeout(tick, 0);
	}

	function pause() {
		clearTimeout(timer);
		put(ui.play, "Play");
		return (timer = 0);
	}

	function toBreakpoint() {
		pause();
		let t = time + 1;
		while (t < played.end && !stopsAt(t)) t += 1;
		if (stopsAt(t)) go(t);
		else put(ui.sentence, "No breakpoint from here on.");
	}

	function stopsAt(t) {
		const event = played.events[t - 1];
		if (!event || event.node === undefined) return false;
		const node = event.parent ?? event.node;
		const x = event.after ?? (event.kind === "forward" ? nodes[node].data : 0);
		const limit = parseFloat(ui.limit.value);
		return (stops.has(node) && event.kind !== "seed") || (event.kind === "accumulate" && Math.abs(x) > limit)
			|| (ui.onNan.checked && !Number.isFinite(x));
	}

	// ── what is said about the moment ──

	function paint() {
		const event = moment(), inside = ui.root.contains(document.activeElement);
		put(ui.sentence, waits() ? question(event) : sentence(tale, played, time));
		ui.predict.hidden = !waits();
		ui.scrub.value = time;
		ui.scrub.setAttribute("aria-valuetext", `step ${time} of ${played.end}`);
		put(ui.clock, `${time} / ${played.end}`);
		for (const button of [ui.first, ui.back]) button.disabled = time === 0;
		for (const button of [ui.on, ui.last]) button.disabled = time === played.end;
		if (inside && !ui.root.contains(document.activeElement)) ui.root.focus(); // a disabled button loses it
		stack(event);
		paintTable(event);
		paintGraph(event);
		if (event?.node !== undefined) follow(...new Set([event.parent ?? event.node, event.node]));
		for (const line of ui.code.children) mark(line, Number(line.dataset.line) === nodes[event?.node]?.line ? "now" : "");
		if (ui.card.dataset.node) card(Number(ui.card.dataset.node));
	}

	/** The contributions to the node at work: what arrived, and what is still owed. */
	function stack(event) {
		const node = event?.parent ?? (event?.kind === "visit" ? event.node : undefined);
		ui.stack.replaceChildren();
		if (node === undefined || !nodes[node].uses) return;
		const arrived = played.arrived(node, time), owed = nodes[node].uses - arrived.length;
		const rows = arrived.slice(-8).map((a) => h("li", { class: "arrived" },
			h("span", {}, `from ${nodes[a.node].name}`), waits() && a === event ? h("b", {}, "?") : h("b", { class: tone(a.contribution) }, signed(a.contribution))));
		for (let i = 0; i < Math.min(owed, 4); i += 1) rows.push(h("li", { class: "owed" }, h("span", {}, "not yet arrived"), h("b", {}, "…")));
		const sum = waits() ? "?" : show(played.gradient(node, time));
		ui.stack.append(h("h2", {}, `∂${tale.L}/∂${nodes[node].name}: ${arrived.length} of ${nodes[node].uses} arrived`),
			h("ol", {}, ...rows), h("p", { class: "sum" }, `${played.mistake === "assign" ? "last" : "sum"} = ${sum}`));
	}

	// ── predict ──

	/** Is the number hidden until the student types it? */
	function waits() {
		const event = moment();
		return ui.predictOn.checked && !played.mistake && event?.kind === "accumulate" && time > solved;
	}

	function question(event) {
		const z = nodes[event.node].name, w = nodes[event.parent].name;
		return `${z} passes gradient to ${w}: ∂${tale.L}/∂${z} = ${show(event.upstream)}, and ∂${tale.L}/∂${w} was ${show(event.before)}. What is ∂${tale.L}/∂${w} now?`;
	}

	function answer(submitted) {
		submitted.preventDefault();
		const event = moment(), node = nodes[event.node];
		const typed = ui.guess.value.trim().replace("−", "-").replace(",", ".");
		const guess = typed in { inf: 0, "-inf": 0 } ? numberOf(typed) : Number(typed || NaN);
		if (Number.isNaN(guess) && typed !== "nan") { put(ui.verdict, "Type a number."); return; }
		const problem = diagnose(guess, event, ruleOf(tale.ops[node.op], event.slot));
		if (problem) { put(ui.verdict, problem); return; }
		praise("Right. ");
	}

	function praise(words) {
		solved = time;
		paint();
		put(ui.sentence, words + ui.sentence.textContent);
		ui.on.focus();
	}

	// ── the graph ──

	function choose(to) {
		level = (to + story.levels.length) % story.levels.length;
		unfold(open[level]);
	}

	/** Draws a level, or a part of it that is open, once; `paintGraph` then changes only what a step changes. */
	function unfold(part) {
		open[level] = part;
		const map = part < 0 ? story.levels[level] : opened(story, tale, part), at = played.events[Math.max(time - 1, 0)].node ?? story.root;
		drawing = draw(map);
		ui.stage.replaceChildren(drawing.svg);
		put(ui.note, map.note);
		const { part: whole = -1 } = story.levels[level], way = (i) => (i === whole || i < 0 ? [] : [...way(story.parts[i].in), story.parts[i].title]);
		ui.trail.hidden = part === whole;
		closeCard();
		put(ui.trail.lastChild, ` ${way(part).join(" › ")}`);
		[...ui.levels.children].forEach((button, i) => button.setAttribute("aria-pressed", i === level && part === whole));
		fit();
		if (view.k < readable()) centre(part < 0 || story.part[at] === part ? at : Math.max(story.part.indexOf(part), 0)); // and follow from there
		paint();
	}

	/** Out of an opened box, into the one around it. */
	function back() {
		const part = open[level];
		if (ui.trail.hidden) return;
		unfold(story.levels[level].boxes?.some(({ opens }) => opens === part) ? -1 : story.parts[part].in);
		drawing.boxes.find(({ box }) => box.opens === part)?.g.focus();
	}

	/** The finest level whose letters can be read from the back of the room when all of it is on the stage. */
	function legible() {
		const i = story.levels.findIndex(({ part, size = story.parts[part].size }) => scaleOf(size) >= READABLE);
		return i < 0 ? story.levels.length - 1 : i;
	}

	function draw(map) {
		const members = map.boxes.map(() => []);
		map.place.forEach((box, node) => members[box].push(nodes[node]));
		const arrows = map.arrows.map((arrow) => ({ ...drawArrow(arrow), bundle: arrow.ends.some((i) => map.boxes[i].kind === "folded") })), boxes = map.boxes.map((box, i) => drawBox(box, members[i], i));
		const label = s("g", { class: "label" }, s("rect", { rx: 5 }), s("text", {}));
		const view = s("g", {}, ...map.frames.map(drawFrame), ...arrows.map((a) => a.g), ...boxes.map((b) => b.g), label);
		const svg = s("svg", { class: "graph", role: "group", "aria-label": story.title }, view);
		return { map, svg, view, boxes, arrows, label, members, edges: edgesOf(map, arrows) };
	}

	/** (node, slot) → arrow. Slots between the same two boxes have an arrow each, or share one where boxes are folded. */
	function edgesOf(map, arrows) {
		const between = new Map(), edges = new Map();
		const key = (tail, head) => tail * map.boxes.length + head;
		map.arrows.forEach((arrow, i) => {
			const pair = key(...arrow.ends);
			between.set(pair, [...(between.get(pair) ?? []), arrows[i]]);
		});
		const taken = new Map();
		for (const node of nodes) node.parents.forEach((parent, slot) => {
			const pair = key(map.place[parent], map.place[node.index]), i = taken.get(pair) ?? 0, there = between.get(pair);
			taken.set(pair, i + 1);
			if (there) edges.set(`${node.index} ${slot}`, there[Math.min(i, there.length - 1)]);
		});
		return edges;
	}

	function drawFrame({ title, at: [x, y, width, height] }) {
		return s("g", { class: "frame" }, s("rect", { x, y, width, height, rx: 8 }), s("text", { x: x + 9, y: y + 19 }, title));
	}

	function drawArrow({ d, tip: [x, y], width }) {
		const [ex, ey] = d.split(/[ C]/).slice(-2).map(Number), size = Math.hypot(x - ex, y - ey) || 1;
		const dx = (Math.max(4, width) * (y - ey)) / size, dy = (Math.max(4, width) * (ex - x)) / size;
		const line = s("path", { d }), head = s("polygon", { points: `${ex + dx},${ey + dy} ${x},${y} ${ex - dx},${ey - dy}` });
		return { g: s("g", { class: "arrow" }, line, head), line, width };
	}

	function drawBox(box, inside, i) {
		const [cx, cy, width, height] = box.at, x = cx - width / 2, y = cy - height / 2, folded = box.kind === "folded";
		const left = x + 9 + (box.chip ? box.chip + 9 : 0), node = inside[0];
		const texts = [0, 1, 2].map((row) => s("text", { x: left, y: y + 21 + row * 19 - (box.name ? 0 : 19) }));
		if (box.name) put(texts[0], box.name);
		mark(texts[0], "name");
		const parts = [s("rect", { class: "ring", x: x - 6, y: y - 6, width: width + 12, height: height + 12, rx: 9 }),
			s("rect", { class: "shape", x, y, width, height, rx: { input: 14, result: 5 }[box.kind] ?? 1 })];
		if (box.kind === "parameter") parts.push(s("rect", { class: "shape inner", x: x + 3, y: y + 3, width: width - 6, height: height - 6 }));
		if (box.chip) parts.push(s("rect", { class: "chip", x: x + 4.5, y: y + 4.5, width: box.chip, height: height - 9, rx: 4 }),
			s("text", { class: "symbol", x: x + 4.5 + box.chip / 2, y: cy + 5 }, node.symbol));
		const pips = folded || node.uses < 2 || node.uses > 8 ? [] : Array.from({ length: node.uses }, (_, k) =>
			s("rect", { class: "pip", x: x + width - 5, y: cy - node.uses * 6.5 + 13 * k, width: 10, height: 10, rx: 2 }));
		const badge = s("text", { class: "badge", x: x + width, y: y - 10 }), right = s("text", { class: "right", x, y: y + height + 13 });
		const lively = folded ? [] : node.uses > 1 ? [badge, right] : [right];
		const g = s("g", { class: "box" }, ...parts, ...texts.slice(box.name ? 0 : 1), ...pips, ...lively);
		g.addEventListener("pointerenter", () => !ui.card.dataset.pinned && card(node.index, i));
		g.addEventListener("pointerleave", () => !ui.card.dataset.pinned && closeCard());
		const enter = () => (!folded ? select(node.index) : box.opens >= 0 ? unfold(box.opens) : back());
		g.addEventListener("click", enter);
		if (folded) furnish(g, { tabindex: 0, role: "button", "aria-label": `open ${box.name}, ${inside.length} nodes`, onfocus: () => follow(inside[0].index),
			onkeydown: (e) => { if ("Enter ".includes(e.key)) { e.preventDefault(); enter(); (ui.trail.hidden ? ui.root : ui.trail.firstChild).focus(); } } }, []);
		return { g, box, inside, texts, pips, badge, right, folded };
	}

	function paintGraph(event) {
		const at = event?.node === undefined ? -1 : drawing.map.place[event.node];
		const to = event?.parent === undefined ? -1 : drawing.map.place[event.parent];
		const found = ui.search.value.trim().toLowerCase();
		drawing.boxes.forEach((box, i) => (box.folded ? paintFolded : paintScalar)(box, classes(box, i, at, to, found)));
		for (const arrow of drawing.arrows) { arrow.flow = 0; arrow.names = "arrow"; }
		for (let t = nodes.length; t < time; t += 1) {
			const past = played.events[t], arrow = past.kind === "accumulate" && drawing.edges.get(`${past.node} ${past.slot}`);
			if (arrow) { arrow.flow = past.contribution; arrow.names = "arrow passed"; }
		}
		if (event?.kind === "forward") nodes[event.node].parents.forEach((_, slot) => touch(event.node, slot, "arrow feeding"));
		const active = event?.kind === "accumulate" ? touch(event.node, event.slot, "arrow active") : undefined;
		for (const arrow of drawing.arrows) {
			mark(arrow.g, arrow.names === "arrow" ? "arrow" : `${arrow.names} ${tone(arrow === active ? (waits() ? 0 : arrow.flow) : arrow.bundle ? 0 : arrow.flow)}`);
			const wide = arrow.names === "arrow" ? 1.2 : Math.max(arrow.width, arrow.names === "arrow active" ? 4 : 1.2);
			if (arrow.wide !== wide) arrow.line.setAttribute("stroke-width", (arrow.wide = wide));
		}
		labelArrow(active, event);
	}

	function touch(node, slot, names) {
		const arrow = drawing.edges.get(`${node} ${slot}`);
		if (arrow) arrow.names = names;
		return arrow;
	}

	function classes(box, i, at, to, found) {
		const reached = box.inside.some((node) => played.about[node.index].forward <= time);
		const hit = found && box.inside.some((node) => matches(node, found));
		const visited = box.inside.every((node) => !node.parents.length ? time > nodes.length && played.complete(node.index, time) : played.about[node.index].visit <= time);
		return ["box", box.box.kind, !reached && "hollow", visited && reached && "visited", i === at && "now", i === to && "target", hit && "found",
			box.inside.some((node) => node.index === selected) && "selected", box.inside.some((node) => stops.has(node.index)) && "stop",
			].filter(Boolean).join(" ");
	}

	function paintScalar(box, names) {
		const node = box.inside[0], about = played.about[node.index], reached = about.forward <= time;
		const gradient = played.gradient(node.index, time), arrived = played.arrived(node.index, time).length;
		const hidden = waits() && moment().parent === node.index;
		mark(box.g, names);
		put(box.texts[1], reached ? `data ${show(played.data(node.index, time))}` : "data");
		mark(box.texts[1], about.update?.[0] <= time ? "name" : "");
		const wrong = played.mistake && played.complete(node.index, time) && time > nodes.length && !same(gradient, tale.right.final[node.index]);
		put(box.texts[2], wrong ? `✗ ${signed(gradient)}` : hidden ? "grad ?" : known(node.index) ? `grad ${signed(gradient)}` : "grad");
		mark(box.texts[2], hidden || !known(node.index) ? "" : tone(gradient));
		box.pips.forEach((pip, k) => mark(pip, k < arrived ? "pip full" : "pip"));
		put(box.badge, node.uses > 1 && arrived && !wrong ? `${arrived} of ${node.uses}` : "");
		put(box.right, wrong ? `✓ ${signed(tale.right.final[node.index])}` : "");
	}

	/** Has a node a gradient yet: since it was set to 0, or left over from a pass before? */
	function known(node) {
		return played.zero <= time || (played.about[node].changes[0]?.[0] ?? Infinity) <= time || played.gradient(node, time) !== 0;
	}

	function paintFolded(box, names) {
		const n = box.inside.length, back = time > nodes.length;
		const ready = box.inside.filter((node) => back ? played.complete(node.index, time) : played.about[node.index].forward <= time).length;
		mark(box.g, names);
		put(box.texts[1], back ? `∂ ${ready}/${n}` : `${ready}/${n}`);
	}

	function labelArrow(arrow, event) {
		const [plate, text] = drawing.label.children;
		drawing.label.setAttribute("visibility", arrow ? "visible" : "hidden");
		if (!arrow) return;
		put(text, waits() ? `${show(event.upstream)} · ? = ?` : `${show(event.upstream)} · ${show(event.local)} = ${show(event.contribution)}`);
		const middle = arrow.line.getPointAtLength(arrow.line.getTotalLength() / 2), width = text.textContent.length * 9 + 14;
		const [x, y] = free(middle, width);
		furnish(plate, { x: x - width / 2, y: y - 12, width, height: 24 }, []);
		furnish(text, { x, y: y + 5 }, []);
	}

	/** The nearest place above or below a point where a plate of this width covers no box. */
	function free({ x, y }, width) {
		const covers = (at) => drawing.map.boxes.some(({ at: [cx, cy, w, h] }) => Math.abs(cx - x) < (w + width) / 2 && at - cy < h / 2 + 14 && cy - at < h / 2 + 32);
		for (let away = 16; away < 400; away += 12) for (const at of [y - away, y + away]) if (!covers(at)) return [x, at];
		return [x, y - 16];
	}

	// ── looking closer ──

	function look(next) {
		view = next;
		fitted = false;
		drawing.view.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);
	}

	function measure() {
		const { width, height } = room;
		room = ui.stage.getBoundingClientRect();
		return room.width !== width || room.height !== height;
	}

	function readable() {
		return ui.root.classList.contains("present") ? 0.9 : READABLE;
	}

	/** How large a graph of this size is drawn when all of it is on the stage, with room for rings and badges. */
	function scaleOf([width, height]) {
		return Math.min((room.width - 50) / width, (room.height - 50) / height, 1.8);
	}

	function fit() {
		const [width, height] = drawing.map.size, top = drawing.map.top ?? 0, k = scaleOf([width, height + top]);
		if (k > 0) look({ k, x: (room.width - width * k) / 2, y: (room.height - (height - top) * k) / 2 });
		fitted = true;
	}

	function zoom(factor, x, y) {
		const k = Math.max(0.05, Math.min(6, view.k * factor)), by = k / view.k;
		look({ k, x: x - (x - view.x) * by, y: y - (y - view.y) * by });
	}

	function zoomMiddle(factor) {
		zoom(factor, room.width / 2, room.height / 2);
	}

	function wheel(event) {
		event.preventDefault();
		measure();
		zoom(Math.exp(-event.deltaY / 400), event.clientX - room.left, event.clientY - room.top);
	}

	function pan(event) {
		const { x, y } = view, [x0, y0] = [event.clientX, event.clientY];
		const move = (e) => look({ ...view, x: x + e.clientX - x0, y: y + e.clientY - y0 });
		addEventListener("pointermove", move);
		addEventListener("pointerup", () => removeEventListener("pointermove", move), { once: true });
	}

	/** Keeps the boxes of these nodes on the stage, as a whole. */
	function follow(...some) {
		const inside = (at, half, size) => at > half && at < size - half, { k } = view;
		if (!some.map(spot).every(([x, y, w, h]) => inside(x * k + view.x, (w * k) / 2, room.width) && inside(y * k + view.y, (h * k) / 2, room.height))) centre(...some);
	}

	function spot(node) {
		return drawing.map.boxes[drawing.map.place[node]].at;
	}

	function centre(...some) {
		const [x, y] = [0, 1].map((i) => some.reduce((sum, node) => sum + spot(node)[i] / some.length, 0));
		const k = Math.max(view.k, 1.3 * readable());
		look({ k, x: room.width / 2 - x * k, y: room.height / 2 - y * k });
	}

	// ── one node: card, search, table, code ──

	function select(node) {
		selected = node;
		ui.card.dataset.pinned = "yes";
		card(node);
		paint();
	}

	function closeCard() {
		delete ui.card.dataset.pinned;
		delete ui.card.dataset.node;
		ui.card.hidden = true;
		if (selected >= 0) { selected = -1; paint(); }
	}

	function card(index, box = -1) {
		const node = nodes[index], row = tale.ops[node.op], { map } = drawing;
		const folded = box >= 0 && map.boxes[box].kind === "folded";
		const buttons = () => [...ui.card.querySelectorAll("button")], focused = buttons().indexOf(document.activeElement);
		ui.card.dataset.node = folded ? "" : index;
		ui.card.hidden = false;
		if (folded) {
			ui.card.replaceChildren(h("h2", {}, map.boxes[box].name), h("p", {}, `${drawing.members[box].length} nodes${map.boxes[box].opens < 0 ? "" : "; click to open"}`));
			return;
		}
		const about = played.about[index], path = node.full || node.name;
		const facts = [["data", about.forward <= time ? show(played.data(index, time)) : "not yet"], [`∂${tale.L}/∂${node.name}`, waits() && moment().parent === index ? "?" : known(index) ? show(played.gradient(index, time)) : "not yet"], ["op", row ? `${node.symbol}  ${row.doc}` : node.kind]];
		if (row?.value) facts.push(["rule", `y = ${row.value}`]);
		node.parents.slice(0, 6).forEach((p, slot) => facts.push([`∂/∂${nodes[p].name}${place(node, slot)}`, `${show(node.local[slot] ?? NaN)}${row?.local[slot] ? `  (${row.local[slot]})` : ""}`]));
		if (node.line >= 0) facts.push(["code", `${story.lines[node.line][1]}: ${story.lines[node.line][2]}`]);
		ui.card.replaceChildren(h("h2", {}, path),
			h("dl", {}, ...facts.flatMap(([name, fact]) => [h("dt", {}, name), h("dd", {}, fact)])),
			h("p", { class: "buttons" },
				button("Copy path", "copy its path", () => copy(path)),
				button(stops.has(index) ? "● stops here" : "○ stop here", "breakpoint on this node", () => { if (!stops.delete(index)) stops.add(index); select(index); }),
				button("forward", "to its forward step", () => go(about.forward)),
				button("gradient", "to the step that completes its gradient", () => go(about.changes.at(-1)?.[0] ?? played.end)),
				button("✕", "close", closeCard)));
		buttons()[focused]?.focus();
	}

	/** In a sandboxed frame the clipboard's own interface does not work. */
	function copy(text) {
		const field = h("textarea", {}), was = document.activeElement;
		field.value = text;
		ui.root.append(field);
		field.select();
		document.execCommand("copy");
		field.remove();
		was.focus();
	}

	function matches(node, found) {
		return `${node.full} ${node.name} ${node.symbol} ${node.kind}`.toLowerCase().includes(found);
	}

	function search() {
		fillTable();
		paint();
	}

	function fillTable() {
		const found = ui.search.value.trim().toLowerCase();
		const hits = nodes.filter((node) => !found || matches(node, found));
		ui.rows = hits.slice(0, 300).map((node) => {
			const cells = [h("td", {}), h("td", {}), h("td", {})];
			const name = h("button", { class: "link", onclick: () => { select(node.index); centre(node.index); } }, brief(node.path || node.name));
			return { node, cells, row: h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, node.symbol || { parameter: "param", constant: "const" }[node.kind] || node.kind), ...cells) };
		});
		ui.table.replaceChildren(...ui.rows.map(({ row }) => row));
		put(ui.hits, hits.length > 300 ? `the first 300 of ${hits.length} nodes` : `${hits.length} node${hits.length === 1 ? "" : "s"}`);
		return hits;
	}

	function paintTable(event) {
		for (const { node, cells: [data, gradient, right], row } of ui.rows) {
			const now = node.index === (event?.parent ?? event?.node), hidden = now && waits();
			const x = played.gradient(node.index, time), wrong = played.mistake && !same(x, tale.right.final[node.index]) && time > nodes.length;
			put(data, played.about[node.index].forward <= time ? show(played.data(node.index, time)) : "");
			put(gradient, hidden ? "?" : known(node.index) ? signed(x) : "");
			mark(gradient, hidden ? "" : tone(x));
			put(right, wrong ? `✓ ${signed(tale.right.final[node.index])}` : "");
			mark(row, now ? "now" : "");
			if (now) reveal(row);
		}
	}

	/** Scrolls the table, and nothing around it. */
	function reveal(row) {
		const { top, bottom } = row.getBoundingClientRect(), around = ui.tabs.getBoundingClientRect();
		if (top < around.top || bottom > around.bottom) ui.tabs.scrollTop += top - around.top - around.height / 2;
	}

	function lightLine(line) {
		ui.search.value = "";
		const made = nodes.filter((node) => node.line === line).map((node) => drawing.map.place[node.index]);
		drawing.boxes.forEach(({ g }, i) => g.classList.toggle("found", made.includes(i)));
	}

	// ── mistakes ──

	function err(mistake) {
		pause();
		played = mistake ? { ...mistaken(tale, mistake), mistake } : tale.right;
		ui.root.classList.toggle("mistaken", Boolean(mistake));
		ui.scrub.max = played.end;
		bands();
		go(Math.min(time, played.end));
	}

	/** Bands for forward and backward, ticks where a gradient is added to another. */
	function bands() {
		const part = (n) => `${(100 * n) / played.end}%`;
		const moves = played.events.filter((event) => event.kind === "update").length;
		const parts = Object.entries({ forward: nodes.length, backward: played.end - nodes.length - moves, update: moves }).filter(([, n]) => n)
			.map(([name, n]) => { const band = h("span", { class: name }, name); band.style.width = part(n); return band; });
		const ticks = played.events.flatMap((event, i) => (event.kind === "accumulate" && event.k > 1 ? [i + 1] : []));
		const shown = ticks.length > 400 ? [] : ticks.map((t) => { const tick = h("i", {}); tick.style.left = part(t); return tick; });
		ui.bands.replaceChildren(...parts, ...shown);
	}

	// ── taking it home ──

	function download(name, type, content) {
		const url = URL.createObjectURL(new Blob([content], { type }));
		h("a", { href: url, download: name }).click();
		setTimeout(() => URL.revokeObjectURL(url), 10_000);
	}

	function picture() {
		const { size: [width, height], top = 0 } = drawing.map, y = -30 - top, w = width + 40, h = height + 80 + top, copyOf = drawing.svg.cloneNode(true);
		copyOf.firstChild.removeAttribute("transform");
		furnish(copyOf, { xmlns: "http://www.w3.org/2000/svg", class: "cg-player graph", "data-theme": dark() ? "dark" : "light", viewBox: `-20 ${y} ${w} ${h}`, width: w, height: h }, []);
		copyOf.prepend(s("style", {}, options.css ?? ""), s("rect", { class: "paper", x: -20, y, width: w, height: h }));
		return { text: new XMLSerializer().serializeToString(copyOf), width: w, height: h };
	}

	function savePng() {
		const { text, width, height } = picture(), image = new Image(), canvas = h("canvas", { width: 2 * width, height: 2 * height });
		image.onload = () => {
			canvas.getContext("2d").drawImage(image, 0, 0, 2 * width, 2 * height);
			canvas.toBlob((blob) => download("graph.png", "image/png", blob));
		};
		image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
	}

	// ── keyboard ──

	function onKey(event) {
		if (!options.page && !ui.root.contains(event.target)) return;
		const typing = event.target.matches?.("input:not([type=range]):not([type=checkbox]), textarea, select") && !(event.target.value === "" && event.key.startsWith("Arrow"));
		if (event.key === "Escape") { ui.help.hidden = true; closeCard(); ui.search.value = ""; search(); ui.play.focus(); return; }
		if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
		const onButton = event.target.matches?.("button, [role=button], input[type=checkbox]") && event.key === " ";
		const action = onButton && event.target !== ui.play ? undefined : KEYS[event.key];
		if (!action) return;
		event.preventDefault();
		event.stopPropagation();
		action(event.shiftKey);
	}

	// ── the page around it ──

	function button(text, label, onclick) {
		return h("button", { type: "button", "aria-label": label, title: label, onclick }, text);
	}

	function build() {
		const u = { rows: [] };
		u.sentence = h("p", { class: "sentence", "aria-live": "polite", role: "status" });
		u.stack = h("section", { class: "stack", "aria-label": "contributions" });
		u.stage = h("div", { class: "stage", onpointerdown: (e) => pan(e) });
		u.stage.addEventListener("wheel", (e) => wheel(e), { passive: false });
		u.note = h("p", { class: "note" });
		u.trail = h("nav", { class: "trail", hidden: true }, button("‹", "back", () => back()), h("b", {}));
		u.card = h("aside", { class: "card", "aria-label": "node", hidden: true });
		u.help = h("section", { class: "help", role: "dialog", "aria-label": "help", hidden: true }, h("h2", {}, "Keys"),
			h("dl", {}, ...HELP.flatMap(([key, does]) => [h("dt", {}, key), h("dd", {}, does)])));
		u.search = h("input", { type: "search", placeholder: "search  /", "aria-label": "search a node", oninput: () => search(),
			onkeydown: (e) => { if (e.key === "Enter") { const [hit] = fillTable(); if (hit) { select(hit.index); centre(hit.index); } } } });
		buildTransport(u);
		buildOptions(u);
		buildSide(u);
		const theme = button("◐", "light or dark", () => { u.root.dataset.theme = dark() ? "light" : "dark"; });
		const tools = [button("⊡", "fit the graph", () => fit()), button("+", "zoom in", () => zoomMiddle(1.25)), button("−", "zoom out", () => zoomMiddle(0.8)), theme,
			button("Aa", "presenter mode", () => present()), button("SVG", "save the picture as SVG", () => download("graph.svg", "image/svg+xml", picture().text)),
			button("PNG", "save the picture as PNG", savePng),
			options.html && button("HTML", "save this page", () => download("lesson.html", "text/html", options.html)), button("?", "help", help)];
		const header = h("header", {}, h("h1", {}, story.title), u.levels, u.search, h("div", { class: "tools", role: "toolbar", "aria-label": "view" }, ...tools.filter(Boolean)));
		const main = h("main", {}, h("div", { class: "left" }, u.trail, u.stage, u.note, u.card), h("div", { class: "side" }, u.stack, u.predict, u.tabs));
		u.root = h("div", { class: "cg-player", tabindex: 0, "data-lm-suppress-shortcuts": "true" }, header, main, u.sentence, u.transport, u.options, u.help);
		return u;
	}

	function dark() {
		const theme = ui.root.dataset.theme;
		return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
	}

	function help() {
		ui.help.hidden = !ui.help.hidden;
	}

	function present() {
		ui.root.classList.toggle("untabled", ui.root.classList.toggle("present"));
		measure();
		unfold(open[level]);
	}

	function buildTransport(u) {
		u.first = button("|◀", "to the beginning", () => { pause(); go(0); });
		u.back = button("◀", "one step back", () => step(-1));
		u.play = button("Play", "play or pause", () => play());
		u.play.classList.add("primary");
		u.on = button("▶", "one step on", () => step(1));
		u.last = button("▶|", "to the end", () => { pause(); go(played.end); });
		u.speed = choice("speed", { "1400ms": "slow", "600ms": "normal", "150ms": "fast" }, () => {});
		u.speed.value = "600ms";
		u.grain = choice("a step is", { edge: "an edge", node: "a node", layer: "a layer" }, () => {});
		u.scrub = h("input", { type: "range", min: 0, max: played.end, value: 0, "aria-label": "time", oninput: () => { pause(); go(Number(u.scrub.value)); } });
		u.bands = h("div", { class: "bands", "aria-hidden": "true" });
		u.clock = h("span", { class: "clock" });
		u.transport = h("div", { class: "transport", role: "toolbar", "aria-label": "player" }, u.first, u.back, u.play, u.on, u.last,
			h("label", {}, "step ", u.grain), h("label", {}, "speed ", u.speed), h("div", { class: "time" }, u.bands, u.scrub), u.clock);
	}

	function choice(label, words, onchange) {
		const options = Object.entries(words).map(([value, word]) => h("option", { value }, word));
		return h("select", { "aria-label": label, onchange }, ...options);
	}

	function buildOptions(u) {
		u.levels = h("div", { class: "levels", role: "group", "aria-label": "folding" }, ...story.levels.map((map, i) => button(map.name, `show ${map.name}`, () => { open[i] = map.part ?? -1; choose(i); })));
		u.predictOn = h("input", { type: "checkbox", onchange: () => { solved = time - 1; paint(); } });
		u.limit = h("input", { type: "number", min: 0, step: "any", "aria-label": "stop where |gradient| exceeds" });
		u.onNan = h("input", { type: "checkbox" });
		u.mistake = choice("mistake", MISTAKES, () => err(u.mistake.value));
		u.options = h("div", { class: "options" },
			h("label", {}, u.predictOn, " predict the number"),
			h("span", { class: "stops" }, "stop at |gradient| > ", u.limit, h("label", {}, u.onNan, " nan, inf"), button("⇥", "on to the next breakpoint", () => toBreakpoint())),
			h("label", {}, "mistake: ", u.mistake));
	}

	function buildSide(u) {
		u.guess = h("input", { type: "text", inputmode: "decimal", "aria-label": "your prediction", autocomplete: "off" });
		u.verdict = h("p", { class: "verdict", role: "alert" });
		u.predict = h("form", { class: "predict", hidden: true, onsubmit: (e) => answer(e) }, u.guess, h("button", { type: "submit" }, "Check"),
			button("Show", "show the answer", () => praise("")), u.verdict);
		u.table = h("tbody", {});
		u.hits = h("caption", {});
		const head = h("thead", {}, h("tr", {}, ...["node", "op", "data", "gradient", "right"].map((word) => h("th", { scope: "col" }, word))));
		u.code = h("ol", { class: "code" }, ...story.lines.map(([, number, text], i) => h("li", { "data-line": i },
			h("button", { class: "link", onclick: () => lightLine(i) }, `${number}  ${text}`))));
		u.tabs = h("div", { class: "tabs" });
		if (story.lines.length) u.tabs.append(h("h2", {}, "Code"), u.code);
		u.tabs.append(h("table", {}, u.hits, head, u.table));
	}
}
