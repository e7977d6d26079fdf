// The contributions to the gradient of the node at work: what has arrived, and what is still owed.

import { h } from "./dom.js";
import { linkTo, setPhrase } from "./linking.js";
import { formatNumber, formatSigned, signClass } from "./numbers.js";
import { phrase, slotTerm } from "./phrase.js";
import { gradientOf } from "./wording.js";

const MOST_ARRIVED = 8;
const MOST_OWED = 4;

export function paintContributions(element, moment) {
  const { trace, pass, time, event, isAsking } = moment;
  const node = event?.parent ?? (event?.kind === "visit" ? event.node : undefined);
  element.replaceChildren();
  if (node === undefined || !trace.nodes[node].uses) return;
  const { uses } = trace.nodes[node];
  const arrived = pass.arrived(node, time);
  const owed = Math.min(uses - arrived.length, MOST_OWED);
  const rows = [
    ...arrived.slice(-MOST_ARRIVED).map((one) => arrivedRow(trace.nodes[one.node], one, isAsking && one === event)),
    ...Array.from({ length: Math.max(owed, 0) }, owedRow),
  ];
  const sum = isAsking ? "?" : formatNumber(pass.gradient(node, time));
  const title = h("h2", {});
  setPhrase(title, phrase`${gradientOf(trace, trace.nodes[node])}: ${arrived.length} of ${uses} arrived`);
  element.append(
    title,
    h("ol", {}, ...rows),
    h("p", { class: "sum" }, `${pass.mistake === "assign" ? "last" : "sum"} = ${sum}`),
  );
}

function arrivedRow(from, { contribution, slot }, asked) {
  const number = asked ? h("b", {}, "?") : h("b", { class: signClass(contribution) }, formatSigned(contribution));
  const link = linkTo(slotTerm("", from, slot));
  return h("li", { class: "arrived", ...link }, h("span", {}, `from ${from.name}`), number);
}

function owedRow() {
  return h("li", { class: "owed" }, h("span", {}, "not yet arrived"), h("b", {}, "…"));
}
