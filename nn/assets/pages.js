// What the pages share: NumPy's functions under NumPy's names, elements, numbers as text, plots.
// No framework, no network. What came from the user is only ever set as text, never as markup.
"use strict";

// ── numbers ──────────────────────────────────────────────────────────────────

const abs = Math.abs;

/** The functions that rules of the op table ask for; both branches of `where` are computed, as in NumPy. */
const xp = {
	exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, sqrt: Math.sqrt, sin: Math.sin, cos: Math.cos,
	tanh: Math.tanh, power: Math.pow, maximum: Math.max, minimum: Math.min, sign: Math.sign, erfc,
	equal: (a, b) => a === b,
	where: (condition, a, b) => (condition ? a : b),
	heaviside: (x, atZero) => (x > 0 ? 1 : x < 0 ? 0 : x === 0 ? atZero : x),
};

/** 1 − erf x: a series with positive terms near 0, a continued fraction further out. */
function erfc(x) {
	if (x < 0) return 2 - erfc(-x);
	const bell = Math.exp(-x * x) / Math.sqrt(Math.PI);
	if (x < 2) { // erf x = 2/√π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1))
		let term = x, sum = x;
		for (let n = 1; term > 1e-18 * sum; n += 1) sum += term *= (2 * x * x) / (2 * n + 1);
		return 1 - 2 * bell * sum;
	}
	let tail = x; // erfc x = e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …))))
	for (let n = 120; n > 0; n -= 1) tail = x + n / 2 / tail;
	return bell / tail;
}

/** Four digits, a real minus sign; nan and inf in words. */
function show(x) {
	if (Number.isNaN(x)) return "nan";
	if (!Number.isFinite(x)) return x > 0 ? "inf" : "−inf";
	const t = Number(x.toPrecision(4)), far = t !== 0 && (abs(t) >= 1e4 || abs(t) < 1e-4);
	return (far ? t.toExponential() : String(t)).replaceAll("-", "−");
}

/** A gradient: its sign is said also when it is plus. */
const signed = (x) => (x > 0 ? "+" : "") + show(x);
/** h₁₂: the digits of an index, written low. */
const low = (n) => String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
const tone = (x) => (x > 0 ? "plus" : x < 0 ? "minus" : "zero");
const range = (n) => Array.from({ length: n }, (_, i) => i);
const mean = (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
/** n numbers from low to high, both included. */
const spread = (low, high, n) => range(n).map((i) => low + ((high - low) * i) / (n - 1));

// ── elements ─────────────────────────────────────────────────────────────────

/** An HTML element: attributes, "on…" listeners, children; strings become text. */
function h(tag, attributes = {}, ...children) {
	return furnish(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
function s(tag, attributes = {}, ...children) {
	return furnish(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function furnish(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes)) {
		if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
		else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
	}
	element.append(...children.filter((child) => child != null && child !== false));
	return element;
}

/** A number in an element: rounded to be read, whole in `data-value`. */
function write(element, x, text = show(x)) {
	element.textContent = text;
	element.dataset.value = String(x);
}

// ── colours ──────────────────────────────────────────────────────────────────

const CLASSES = 6; // as many class colours and markers as pages.css has

/** A colour of pages.css as [r, g, b]: a canvas can't read CSS variables. */
function colour(name) {
	const hex = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
	return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

/** Calls `draw` again when the page turns dark or light. */
function onTheme(draw) {
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

// ── plots ────────────────────────────────────────────────────────────────────

/** Axes with a painted field below and lines above. Coordinates are the data's. */
class Plot {
	constructor(title, { x, y, labels = ["", ""], size = 300, ticks = true }) {
		Object.assign(this, { x, y, size, margin: ticks ? 30 : 2 });
		this.canvas = h("canvas", { "aria-hidden": "true" });
		this.frame = s("g");
		this.curves = s("svg", { width: size, height: size, "aria-hidden": "true" }); // cuts off what runs out of the frame
		this.marks = s("g");
		const box = -this.margin, side = size + 2 * this.margin;
		this.svg = s("svg", { viewBox: `${box} ${box} ${side} ${side}`, role: "img", "aria-label": title }, this.frame, this.curves, this.marks);
		const stage = h("div", { class: "stage", style: `--inset:${(100 * this.margin) / side}%` }, this.canvas, this.svg);
		this.caption = h("figcaption", {}, title);
		this.element = h("figure", {}, stage, this.caption);
		this.rule(labels, ticks);
	}

	px(x) { return (this.size * (x - this.x[0])) / (this.x[1] - this.x[0]); }
	py(y) { return (this.size * (this.y[1] - y)) / (this.y[1] - this.y[0]); }

	/** Where a pointer is, in the data's coordinates; the nearest point of the frame when it is beyond. */
	at(event) {
		const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
		const data = (t, [low, high]) => low + (high - low) * Math.max(0, Math.min(1, t / this.size));
		return [data(x, this.x), data(this.size - y, this.y)];
	}

	rule(labels, ticks) {
		const n = this.size;
		this.frame.replaceChildren(s("rect", { class: "frame", width: n, height: n }));
		if (!ticks) return;
		const at = (text, x, y, anchor) => this.frame.append(s("text", { class: "tick", x, y, "text-anchor": anchor }, text));
		at(show(this.x[0]), 0, n + 21, "start");
		at(show(this.x[1]), n, n + 21, "end");
		at(labels[0], n / 2, n + 21, "middle");
		at(show(this.y[0]), 4, n - 6, "start");
		at(show(this.y[1]), 4, 19, "start");
		at(labels[1], 3, -8, "start");
	}

	/** Say what is seen, to those who can't. */
	describe(text) {
		this.svg.setAttribute("aria-label", text);
	}

	clear() {
		this.curves.replaceChildren();
		this.marks.replaceChildren();
	}

	/** Paint n × n cells; `shade(x, y)` gives [r, g, b, opacity 0 … 1]. */
	field(n, shade) {
		Object.assign(this.canvas, { width: n, height: n });
		const context = this.canvas.getContext("2d"), image = context.createImageData(n, n);
		const middle = ([low, high], i) => low + ((high - low) * (i + 0.5)) / n;
		for (const row of range(n)) {
			for (const column of range(n)) {
				const [r, g, b, opacity] = shade(middle(this.x, column), middle(this.y, n - 1 - row));
				image.data.set([r, g, b, 255 * opacity], 4 * (row * n + column));
			}
		}
		context.putImageData(image, 0, 0);
	}

	curve(points, name) {
		const path = points.map(([x, y]) => `${this.clip(this.px(x)).toFixed(2)},${this.clip(this.py(y)).toFixed(2)}`).join(" ");
		this.curves.append(s("polyline", { class: name, points: path }));
	}

	/** Steep curves leave the picture; SVG need not hear of 10³⁰. */
	clip(t) {
		return Math.max(-1e5, Math.min(1e5, t));
	}

	/** The line w·x + b = 0; nothing when w is 0. */
	boundary({ w, b }, name) {
		const square = w[0] ** 2 + w[1] ** 2, far = Math.hypot(this.x[1] - this.x[0], this.y[1] - this.y[0]) * 2;
		if (!square) return;
		const foot = this.foot({ w, b }), along = [-w[1], w[0]].map((v) => (v * far) / Math.sqrt(square));
		this.curve([-1, 1].map((t) => [foot[0] + t * along[0], foot[1] + t * along[1]]), name);
	}

	/** The point of that line nearest the middle of the picture. */
	foot({ w, b }) {
		const middle = [mean(this.x), mean(this.y)];
		const t = (w[0] * middle[0] + w[1] * middle[1] + b) / (w[0] ** 2 + w[1] ** 2);
		return middle.map((m, j) => m - t * w[j]);
	}

	holds([x, y]) { return x >= this.x[0] && x <= this.x[1] && y >= this.y[0] && y <= this.y[1]; }

	/** Where the line's normal is drawn: on the line; well inside the picture when the line is not in it. */
	anchor(line) {
		const foot = this.foot(line), inside = (t, [low, high]) => Math.max(0.8 * low + 0.2 * high, Math.min(0.2 * low + 0.8 * high, t));
		return this.holds(foot) ? foot : [inside(foot[0], this.x), inside(foot[1], this.y)];
	}

	/** From a point, by (dx, dy) pixels to the right and up. */
	arrow([x, y], [dx, dy], name) {
		const [x0, y0] = [this.px(x), this.py(y)], angle = (Math.atan2(-dy, dx) * 180) / Math.PI;
		this.marks.append(
			s("line", { class: name, x1: x0, y1: y0, x2: x0 + dx, y2: y0 - dy }),
			s("path", { class: `${name} head`, d: "M3 0 L-11 -6 L-11 6 Z", transform: `translate(${x0 + dx} ${y0 - dy}) rotate(${angle})` }),
		);
	}

	text(words, [x, y], name, [dx, dy] = [0, 0]) {
		this.marks.append(s("text", { class: name, x: this.px(x) + dx, y: this.py(y) - dy }, words));
	}

	/** A sample: its class is its colour and its shape. */
	sample([x, y], k, size = 8) {
		const shape = { class: `sample class${k % CLASSES}`, transform: `translate(${this.px(x)} ${this.py(y)}) scale(${size / 8})` };
		const mark = s("path", { ...shape, d: MARKERS[k % CLASSES] });
		this.marks.append(mark);
		return mark;
	}

	ring([x, y], name = "now") {
		this.marks.append(s("circle", { class: name, cx: this.px(x), cy: this.clip(this.py(y)), r: 13 }));
	}
}

const MARKERS = [
	"M-7 -7 H7 V7 H-7 Z", "M-8 0 A8 8 0 1 0 8 0 A8 8 0 1 0 -8 0", "M0 -9 L8 7 L-8 7 Z", "M0 -9 L9 0 L0 9 L-9 0 Z",
	"M0 9 L8 -7 L-8 -7 Z", "M-9 -3 H-3 V-9 H3 V-3 H9 V3 H3 V9 H-3 V3 H-9 Z",
];
