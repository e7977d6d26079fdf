// Where the student types a number, and what is said of it.

import { button, h, numberField, setText } from "./dom.js";
import { setPhrase } from "./linking.js";
import { parseNumber } from "./numbers.js";
import { phrase } from "./phrase.js";
import { diagnose, ruleOf } from "./prediction.js";
import { sentence } from "./sentences.js";

/** The elements: { guess, verdict, predict }. */
export function buildPrediction(player) {
  const guess = numberField({ "aria-label": "your prediction" });
  const verdict = h("p", { class: "verdict", role: "alert" });
  const check = h("button", { type: "submit" }, "Check");
  const show = button("Show", "show the answer", () => showAnswer(player, ""));
  const attributes = { class: "predict", hidden: true, onsubmit: (event) => answer(player, event) };
  return { guess, verdict, predict: h("form", attributes, guess, check, show, verdict) };
}

function answer(player, submitted) {
  submitted.preventDefault();
  const { trace, pass, time, ui } = player;
  const event = pass.event(time);
  const guess = parseNumber(ui.guess.value);
  const problem = guess === undefined ? "Type a number." : diagnose(guess, event, ruleOf(trace, event));
  if (problem) setText(ui.verdict, problem);
  else showAnswer(player, "Right. ");
}

/** Shows the answer, after these words. */
function showAnswer(player, words) {
  const { ui } = player;
  player.solved = player.time;
  player.paint();
  setPhrase(ui.sentence, phrase`${words}${sentence(player.trace, player.pass, player.time)}`);
  ui.transport.forward.focus();
}
