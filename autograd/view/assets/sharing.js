// A moment, given on: the player goes where a link says, and copies the link to where it is.

import { setText } from "./dom.js";
import { readLink, writeLink } from "./link.js";
import { copyText } from "./saving.js";

/** Goes where the part of an address behind # says, and says what of it can't be done. */
export function openLink(player, hash) {
  const { ui, trace } = player;
  const { time, predicts, mistake, level, part, node, stops, numbers, problems } = readLink(trace, hash);
  ui.predictOn.checked = predicts;
  ui.mistake.value = mistake;
  const why = player.change(() => player.changes.setAll(numbers));
  if (why) problems.push(`${why} The numbers stay as they were.`);
  player.setMistake(mistake);
  player.stops = stops;
  player.showWholeLevel(level < 0 ? player.fittingLevel : level);
  if (part >= 0) player.openPart(part);
  player.go(time);
  if (predicts) player.startPredicting();
  if (node >= 0) player.find(node);
  if (time > player.pass.end && time < Infinity) problems.push(`“t=${time}”: the last step is ${player.pass.end}.`);
  notify(ui, problems.length ? `This link: ${problems.join(" ")}` : "");
}

/** Copies the link to this moment: the whole address where the page has one of its own. */
export function copyLink({ ui, trace, time, pass, levels, fittingLevel, selected, stops, changes, isAlone }) {
  const level = levels.index === fittingLevel ? -1 : levels.index;
  const part = levels.isWhole ? -1 : levels.part;
  const [predicts, { mistake }, { numbers }] = [ui.predictOn.checked, pass, changes];
  const link = writeLink(trace, { time, predicts, mistake, level, part, node: selected, stops, numbers });
  const address = isAlone ? location.href.split("#")[0] + link : link;
  copyText(address, ui.root);
  notify(ui, `Copied: ${address}${isAlone ? "" : ". Put it behind the address of the saved page."}`);
}

/** Prints the talk, or says how it can be printed. */
export function printTalk({ isAlone, ui }) {
  if (isAlone) print();
  else notify(ui, "A notebook's frame can't print: save the page (HTML), open it, and print it.");
}

/** Says something of the page itself, "" for nothing. */
function notify({ notice }, text) {
  setText(notice.firstChild, text);
  notice.hidden = !text;
}
