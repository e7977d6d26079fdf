// A text whose terms say what they mean: a list of strings and terms, { text, nodes } or { text, slots }.

/** The key of an operand slot of a node. */
export function slotKey(node, slot) {
  return `${node} ${slot}`;
}

/** A text that speaks of a node. */
export function nodeTerm(text, { index }) {
  return { text, nodes: [index] };
}

/** A text that speaks of what one operand is to a node. */
export function slotTerm(text, { index }, slot) {
  return { text, slots: [slotKey(index, slot)] };
}

/** phrase`${name} = ${x}`: of strings, terms and other phrases. */
export function phrase(words, ...parts) {
  const whole = [];
  for (const part of words.flatMap((word, i) => [word, parts[i] ?? ""].flat())) {
    if (part.text !== undefined || !whole.length || whole.at(-1).text !== undefined) whole.push(part);
    else whole[whole.length - 1] += part;
  }
  return whole.filter((part) => part !== "");
}

/** Phrases with a text between each two. */
export function join(phrases, between) {
  return phrases.flatMap((one, i) => (i ? [between, one].flat() : one));
}

/** The text alone. */
export function plain(text) {
  return [text].flat().reduce((all, part) => all + (part.text ?? part), "");
}
