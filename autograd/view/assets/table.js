// The table of nodes, with the search that shortens it.

import { h, setClass, setFormula, setText } from "./dom.js";
import { linkTo } from "./linking.js";
import { formatNumber, formatSigned, signClass } from "./numbers.js";
import { numbersAt } from "./pass.js";
import { matches } from "./trace.js";

const MOST = 300; // rows
const FIRST = 40; // of them, which are painted before it is known which are seen
const COLUMNS = ["node", "what it is", "data", "gradient", "right"];

export class NodeTable {
  /** `choose(node)`: a node was clicked, or is the first that was found. */
  constructor(nodes, { choose, search, scroller }) {
    this.nodes = nodes;
    this.choose = choose;
    this.scroller = scroller;
    this.rows = [];
    this.near = new Set(); // the rows that are seen, or nearly: the others are painted when they come near
    const options = { root: scroller, rootMargin: "100%" };
    this.observer = new IntersectionObserver((entries) => this.follow(entries), options);
    this.search = h("input", {
      type: "search",
      placeholder: "search  /",
      "aria-label": "search for a node",
      oninput: search,
      onkeydown: (event) => event.key === "Enter" && this.chooseFirst(),
    });
    this.body = h("tbody", {});
    this.caption = h("caption", {});
    const head = h("tr", {}, ...COLUMNS.map((word) => h("th", { scope: "col" }, word)));
    this.element = h("table", {}, this.caption, h("thead", {}, head), this.body);
  }

  /** What is searched for, in lower case. */
  get words() {
    return this.search.value.trim().toLowerCase();
  }

  /** The rows of what is found. Returns the nodes. */
  fill() {
    const { words } = this;
    const hits = this.nodes.filter((node) => !words || matches(node, words));
    this.rows = hits.slice(0, MOST).map((node) => this.row(node));
    this.body.replaceChildren(...this.rows.map(({ element }) => element));
    this.near = new Set(this.rows.slice(0, FIRST));
    this.observer.disconnect();
    for (const { element } of this.rows) this.observer.observe(element);
    const count = `${hits.length} node${hits.length === 1 ? "" : "s"}`;
    const unlabelled = hits.find(({ label, name, index }) => !label && name === `v${index}`);
    const naming = unlabelled ? `; names like ${unlabelled.name} number those without a label` : "";
    setText(this.caption, (hits.length > MOST ? `the first ${MOST} of ${count}` : count) + naming);
    return hits;
  }

  row(node) {
    const cells = [h("td", {}), h("td", {}), h("td", {})];
    const name = h("button", { class: "link", title: node.full, onclick: () => this.choose(node.index) });
    setFormula(name, node.name);
    const op = h("td", {}, node.symbol || node.kind);
    return {
      node,
      cells,
      element: h("tr", linkTo({ nodes: [node.index] }), h("th", { scope: "row" }, name), op, ...cells),
    };
  }

  chooseFirst() {
    const [hit] = this.fill();
    if (hit) this.choose(hit.index);
  }

  paint(moment) {
    const { event } = moment;
    const at = event?.parent ?? event?.node;
    const now = this.rows.find(({ node }) => node.index === at);
    const before = this.now;
    Object.assign(this, { moment, now });
    for (const row of new Set([...this.near, before, now])) if (row) this.paintRow(row);
    if (now) this.scrollTo(now.element);
  }

  paintRow(row) {
    fillRow(row, this.moment);
    setClass(row.element, row === this.now ? "now" : "");
  }

  /** Rows come near, or go. */
  follow(entries) {
    for (const { target, isIntersecting } of entries) {
      const row = this.rows[target.sectionRowIndex];
      if (isIntersecting) this.near.add(row);
      else this.near.delete(row);
      if (isIntersecting) this.paintRow(row);
    }
  }

  /** Scrolls the table, and nothing around it. */
  scrollTo(row) {
    const { top, bottom } = row.getBoundingClientRect();
    const around = this.scroller.getBoundingClientRect();
    const outside = top < around.top || bottom > around.bottom;
    if (outside) this.scroller.scrollTop += top - around.top - around.height / 2;
  }
}

function fillRow({ node, cells }, moment) {
  const { data, gradient, isAsked, right } = numbersAt(moment, node.index);
  const write = (i, x, format, otherwise = "") => setText(cells[i], x === undefined ? otherwise : format(x));
  write(0, data, formatNumber);
  write(1, gradient, formatSigned, isAsked ? "?" : "");
  setClass(cells[1], gradient === undefined ? "" : signClass(gradient));
  write(2, right, (x) => `✓ ${formatSigned(x)}`);
}
