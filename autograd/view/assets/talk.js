// What a lecturer says at a step, beside the sentence, and the way from note to note.

import { button, h, setText } from "./dom.js";
import { nextNote, noteAt, placeInTalk } from "./notes.js";

export class Talk {
  /** `go(direction)`: to the next note, or (−1) to the one before. */
  constructor(go) {
    this.before = button("‹", "the note before", () => go(-1));
    this.next = button("›", "the next note", () => go(1));
    this.place = h("span", {});
    this.text = h("p", { class: "noted", "aria-live": "polite" });
    const ways = h("nav", {}, this.before, this.place, this.next);
    this.element = h("aside", { class: "talk", "aria-label": "notes" }, ways, this.text);
  }

  paint({ trace, pass, time }) {
    this.element.hidden = !trace.notes.length;
    if (this.element.hidden) return;
    setText(this.place, placeInTalk(trace, pass, time));
    setText(this.text, noteAt(trace, pass, time));
    this.before.disabled = nextNote(trace, pass, time, -1) === undefined;
    this.next.disabled = nextNote(trace, pass, time, 1) === undefined;
  }
}
