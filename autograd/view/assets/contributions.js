// The contributions to the gradient of the node at work: what has arrived, and what is still owed.

import { h } from "./dom.js";
import { formatNumber, formatSigned, signClass } from "./numbers.js";

const MOST_ARRIVED = 8;
const MOST_OWED = 4;

export function paintContributions(element, moment) {
  const { trace, pass, time, event, isAsking } = moment;
  const node = event?.parent ?? (event?.kind === "visit" ? event.node : undefined);
  element.replaceChildren();
  if (node === undefined || !trace.nodes[node].uses) return;
  const { of, uses } = trace.nodes[node];
  const arrived = pass.arrived(node, time);
  const owed = Math.min(uses - arrived.length, MOST_OWED);
  const rows = [
    ...arrived
      .slice(-MOST_ARRIVED)
      .map((one) => arrivedRow(trace.nodes[one.node].name, one, isAsking && one === event)),
    ...Array.from({ length: Math.max(owed, 0) }, owedRow),
  ];
  const sum = isAsking ? "?" : formatNumber(pass.gradient(node, time));
  element.append(
    h("h2", {}, `∂${trace.L}/∂${of}: ${arrived.length} of ${uses} arrived`),
    h("ol", {}, ...rows),
    h("p", { class: "sum" }, `${pass.mistake === "assign" ? "last" : "sum"} = ${sum}`),
  );
}

function arrivedRow(from, { contribution }, asked) {
  const number = asked ? h("b", {}, "?") : h("b", { class: signClass(contribution) }, formatSigned(contribution));
  return h("li", { class: "arrived" }, h("span", {}, `from ${from}`), number);
}

function owedRow() {
  return h("li", { class: "owed" }, h("span", {}, "not yet arrived"), h("b", {}, "…"));
}
