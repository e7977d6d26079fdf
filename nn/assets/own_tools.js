// What one brings to the playground and takes from it: a table, painted points; code, a saved network.

import { button, dropDown, h } from "../../autograd/view/assets/dom.js";
import { copyText, download } from "../../autograd/view/assets/saving.js";
import { emptyPlane, readTable, TableError, withSample } from "./own_samples.js";
import { pythonCode } from "./python_code.js";
import { networkFile } from "./saved_network.js";

const APART = 0.08; // of samples that are painted in one stroke, on a plane from −1 to 1
const BRUSHES = ["0", "1", "2", "3"].map((k) => [k, `class ${k}`]);

export class OwnTools {
  /** `page`: { data, set, settings, …, useSet(name, set), say(words) }. */
  constructor(page) {
    this.page = page;
    this.isPainting = false;
    const file = h("input", { type: "file", accept: ".csv,.tsv,.txt", hidden: true });
    file.addEventListener("change", () => {
      this.read(file.files[0]);
      file.value = ""; // the same file, changed, can be opened again
    });
    this.paintButton = button("paint", "paint samples: click on the plane, or Enter at its point", () =>
      this.togglePaint(),
    );
    this.brush = dropDown({ "aria-label": "class that is painted" }, BRUSHES);
    this.element = h(
      "div",
      { class: "own" },
      button("open CSV", "open a table of yours; it can also be dropped on the page", () => file.click()),
      file,
      this.paintButton,
      this.brush,
      button("copy as code", "copy the Python that trains this network", () => this.copyCode()),
      button("save network", "save the network as a file that nn.MLP.load reads", () => this.save()),
    );
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) this.read(event.dataTransfer.files[0]);
    });
  }

  async read(file) {
    try {
      this.page.useSet("file", readTable(file.name, await file.text()));
    } catch (error) {
      if (!(error instanceof TableError)) throw error;
      this.page.say(error.message);
    }
  }

  togglePaint() {
    this.isPainting = !this.isPainting;
    if (this.isPainting && this.page.settings.data !== "painted") this.page.useSet("painted", emptyPlane());
    this.show();
  }

  /** A sample at this point of the plane; the network goes on from its weights. */
  paintAt(point) {
    const { page } = this;
    page.useSet("painted", withSample(page.set, point, Number(this.brush.value)));
  }

  /** The same while a pressed pointer moves: not too near to the sample before. */
  paintAlong(point) {
    const before = this.page.set.X.at(-1);
    if (this.isPainting && Math.hypot(point[0] - before[0], point[1] - before[1]) > APART) this.paintAt(point);
  }

  show() {
    this.isPainting = this.isPainting && this.page.settings.data === "painted";
    this.paintButton.setAttribute("aria-pressed", this.isPainting);
    this.brush.hidden = !this.isPainting;
  }

  get code() {
    const { data, set, sizes, settings, training, firstParameters, isAltered } = this.page;
    const names = Object.fromEntries(data.activations.map((row) => [row.name, row.public]));
    const epochs = Math.max(1, Math.round(training.progress));
    const code = pythonCode(settings, { set, sizes, names, epochs, parameters: firstParameters });
    const note =
      "# Settings or weights were changed on the way: this trains from the beginning, with the present settings.\n";
    return isAltered ? note + code : code;
  }

  copyCode() {
    copyText(this.code, document.body);
    this.page.say("The Python that trains this network is on the clipboard.");
  }

  save() {
    const { data, sizes, settings, network } = this.page;
    const names = settings.activations.map((row) => data.activations.find(({ name }) => name === row).public);
    const type = "application/octet-stream";
    download("network.safetensors", type, networkFile(sizes, names, network.parameters));
    this.page.say('Saved: in Python, nn.MLP.load("network.safetensors") reads it.');
  }
}
