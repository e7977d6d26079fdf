import assert from "node:assert/strict";
import test from "node:test";
import { mistakenPass } from "../../autograd/view/assets/mistakes.js";
import { nextNote, noteAt, notesIn, placeInTalk, talkTimes } from "../../autograd/view/assets/notes.js";
import { diamond } from "./fixtures.mjs";

/** The diamond with these notes, and its pass of 13 steps. */
function noted(notes) {
  const trace = { ...diamond(), notes };
  return [trace, trace.correct];
}

test("a talk goes from note to note, both ways, and says where it is", () => {
  const talk = noted([
    [0, "Begin."],
    [8, "Why add?"],
    [13, "End."],
  ]);
  const there = [0, 8, 13, undefined];
  for (const [i, time] of there.slice(0, 3).entries()) {
    assert.equal(nextNote(...talk, time, 1), there[i + 1]);
    assert.equal(nextNote(...talk, time, -1), there[i - 1]);
    assert.equal(placeInTalk(...talk, time), `note ${i + 1} of 3`);
  }
  assert.deepEqual([nextNote(...talk, 5, -1), nextNote(...talk, 5, 1)], [0, 8]);
  assert.deepEqual([noteAt(...talk, 8), noteAt(...talk, 7), placeInTalk(...talk, 7)], ["Why add?", "", "3 notes"]);
});

test("a pass that a mistake makes shorter has what is beyond at its end", () => {
  const [trace] = noted([
    [12, "Done?"],
    [13, "End."],
  ]);
  const shorter = mistakenPass(trace, "keep"); // there is no zero_grad
  assert.equal(shorter.end, 12);
  assert.equal(noteAt(trace, shorter, 12), "Done?\nEnd.");
  assert.equal(nextNote(trace, shorter, 3, 1), 12);
  assert.equal(placeInTalk(trace, shorter, 12), "note 1 of 1");
});

test("without notes a talk is the end of every layer, forward and backward", () => {
  const [trace, pass] = noted([]);
  assert.deepEqual(talkTimes(trace, pass), [1, 3, 4, 5, 11, 12, 13]);
});

test("a trace of another version may have no notes", () => {
  const { notes, correct } = diamond();
  assert.deepEqual(notesIn({ notes }, correct), []);
});
