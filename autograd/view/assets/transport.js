// The controls of anything that plays: first, back, play, forward, last, a slider, a clock; and what makes it play.

import { button, h, setText } from "./dom.js";

/** Calls `tick` again and again, until it returns false. */
export class Playback {
  /** `changed(playing)` is called when it begins and when it ends. */
  constructor(changed) {
    this.changed = changed;
    this.timer = 0;
  }

  /** `delay()`: how many ms to wait for the next tick; `first`: for the first one. */
  play(tick, delay, first) {
    const again = () => {
      if (tick()) this.timer = setTimeout(again, delay());
      else this.pause();
    };
    this.timer = setTimeout(again, first);
    this.changed(true);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.changed(false);
  }

  get playing() {
    return this.timer !== 0;
  }
}

/** The elements, each on its own, for a page to arrange. */
export class Transport {
  /** `ways`: of each button, {first, back, play, forward, last}, and the slider, {go}: what it is for, what it does. */
  constructor({ first, back, play, forward, last, go }, end, clock = h("span", { class: "clock" })) {
    this.first = button("|◀", ...first);
    this.back = button("◀", ...back);
    this.play = button("Play", ...play, { class: "primary" });
    this.forward = button("▶", ...forward);
    this.last = button("▶|", ...last);
    const slider = { type: "range", class: "scrub", min: 0, max: end, step: 1, value: 0, "aria-label": go[0] };
    this.scrub = h("input", { ...slider, oninput: () => go[1](this.scrub.valueAsNumber) });
    this.clock = clock;
  }

  get buttons() {
    return [this.first, this.back, this.play, this.forward, this.last];
  }

  /** Shows where it is, and to a screen reader in words. */
  show(time, end, words) {
    this.scrub.value = time;
    this.scrub.setAttribute("aria-valuetext", words);
    for (const control of [this.first, this.back]) control.disabled = time === 0;
    for (const control of [this.forward, this.last]) control.disabled = time === end;
  }

  showPlaying(playing) {
    setText(this.play, playing ? "Pause" : "Play");
  }
}
