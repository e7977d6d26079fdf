// The notes of a talk, in a pass: a mistake may make it shorter, and then its end has the notes that were beyond.

import { nextTime } from "./steps.js";

/** [time, text] … in order. */
export function notesIn({ notes }, { end }) {
  return notes.map(([time, text]) => [Math.min(time, end), text]);
}

/** What is noted at a moment, "" for nothing. */
export function noteAt(trace, pass, time) {
  const noted = notesIn(trace, pass).filter(([at]) => at === time);
  return noted.map(([, text]) => text).join("\n");
}

/** The time of the next note, or (direction −1) of the one before; undefined where there is none. */
export function nextNote(trace, pass, time, direction) {
  const times = notesIn(trace, pass).map(([at]) => at);
  return direction > 0 ? times.find((at) => at > time) : times.findLast((at) => at < time);
}

/** Where a moment is in the talk: "note 2 of 5", or "5 notes" between two of them. */
export function placeInTalk(trace, pass, time) {
  const times = talkTimes(trace, pass);
  const place = times.indexOf(time);
  if (place >= 0) return `note ${place + 1} of ${times.length}`;
  return times.length === 1 ? "1 note" : `${times.length} notes`;
}

/** The times of a talk: those of its notes; of none, the end of each layer, forward and backward. */
export function talkTimes(trace, pass) {
  const times = new Set(notesIn(trace, pass).map(([time]) => time));
  if (times.size) return [...times];
  for (let t = 0; t < pass.end; times.add(t)) t = nextTime(trace, pass, t, 1, "layer");
  return [...times];
}
