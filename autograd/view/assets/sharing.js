// A moment, given on: the player goes where a link says, and copies the link to where it is.

import { setText } from "./dom.js";
import { readLink, writeLink } from "./link.js";
import { copyText } from "./saving.js";

/** Goes where the part of an address behind # says, and says what of it can't be done. */
export function openLink(player, hash) {
  const { ui, trace } = player;
  const { time, predicts, mistake, level, node, numbers, problems } = readLink(trace, hash);
  ui.predictOn.checked = predicts;
  ui.mistake.value = mistake;
  const why = player.change(() => player.changes.setAll(numbers));
  if (why) problems.push(`${why} The numbers stay as they were.`);
  player.setMistake(mistake);
  if (level >= 0) player.showWholeLevel(level);
  else player.unselect();
  player.go(time);
  if (predicts) player.startPredicting();
  if (node >= 0) player.find(node);
  if (time > player.pass.end && time < Infinity) problems.push(`“t=${time}”: the last step is ${player.pass.end}.`);
  notify(ui, problems.length ? `This link: ${problems.join(" ")}` : "");
}

/** Copies the link to this moment: the whole address where the page has one of its own. */
export function copyLink({ ui, trace, time, pass, levels, fittingLevel, selected, changes, isAlone }) {
  const level = levels.index === fittingLevel ? -1 : levels.index;
  const predicts = ui.predictOn.checked;
  const moment = { time, predicts, mistake: pass.mistake, level, node: selected, numbers: changes.numbers };
  const link = writeLink(trace, moment);
  if (isAlone) {
    const address = location.href.split("#")[0] + link;
    copyText(address, ui.root);
    return notify(ui, `Copied: ${address}`);
  }
  copyText(link, ui.root);
  return notify(ui, `Copied: ${link}. Put it behind the address of the saved page.`);
}

/** Says something of the page itself, "" for nothing. */
function notify({ notice }, text) {
  setText(notice.firstChild, text);
  notice.hidden = !text;
}
