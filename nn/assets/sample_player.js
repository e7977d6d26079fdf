// The player inside of the playground: the chosen sample's loss as a scalar graph, in the place of the playground.

import { button, h } from "../../autograd/view/assets/dom.js";
import { hasOpen } from "../../autograd/view/assets/keys.js";
import { Player } from "../../autograd/view/assets/player.js";
import { neuronName, parameterNames } from "./letters.js";
import { sampleTrace } from "./sample_trace.js";

export class SamplePlayer {
  /**
   * `page`: { network, sizes, chosen, sampleName, samples, data, OPS, UPDATES, setParameters(numbers), … };
   * `main`: what it stands in the place of.
   */
  constructor(page, main) {
    Object.assign(this, { page, main, player: null });
    this.element = h("section", { hidden: true });
    addEventListener("keydown", (event) => this.press(event), true); // before the player, which closes what it has open
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** Steps through the chosen sample's loss, with the network of this moment; shows neuron i of layer l, if given. */
  open(l = 0, i = 0) {
    const { page } = this;
    page.pause();
    this.opener = document.activeElement;
    const name = page.sampleName;
    const title = `${name[0].toUpperCase()}${name.slice(1)}, step by step`;
    const trace = sampleTrace(page.network, page.chosen, page.samples.train, page.data.ops, title);
    this.element.hidden = false;
    this.main.hidden = true;
    this.player = this.build(trace);
    const places = new Map(this.player.trace.nodes.map((node) => [node.name, node.index]));
    this.places = parameterNames(page.sizes).map((parameter) => places.get(parameter));
    this.player.ui.root.focus();
    if (l > 0) this.showNeuron(l, i);
    scrollTo(0, 0);
  }

  build(trace) {
    const { OPS: rules, UPDATES: updates } = this.page;
    const [css] = document.querySelector("style").textContent.split("@scope"); // behind it come the playground's own
    const onNumbers = () => this.offerWeights();
    const player = new Player(this.element, trace, { rules, updates, css, isGuest: true, onNumbers });
    const back = button("‹ Playground", "back to the playground", () => this.close());
    const explained = "back to the playground, whose network gets the weights that were changed here";
    this.takeButton = button("take the weights", explained, () => this.takeWeights(), { hidden: true });
    player.ui.root.querySelector("header").prepend(h("div", {}, back, " ", this.takeButton));
    return player;
  }

  showNeuron(l, i) {
    const { nodes, part } = this.player.trace;
    const name = neuronName(this.page.sizes, l, i);
    this.player.openPart(part[nodes.findIndex((node) => node.name === name)]);
  }

  /** The network's weights as they are in the player. */
  get weights() {
    const { nodes } = this.player.trace;
    return this.places.map((place) => nodes[place].data);
  }

  offerWeights() {
    this.takeButton.hidden = String(this.weights) === String(this.page.network.parameters);
  }

  takeWeights() {
    this.page.setParameters(this.weights);
    this.close();
    this.page.paint();
  }

  /** Back to the playground, with its network as it was. */
  close() {
    const { player } = this;
    if (player.presents) player.present();
    player.descent.playback.pause();
    player.close();
    this.element.hidden = true;
    this.element.replaceChildren();
    this.main.hidden = false;
    this.opener.focus();
  }

  /** Esc closes what is open in the player, and the player when nothing is. */
  press({ key }) {
    if (key === "Escape" && this.isOpen && !hasOpen(this.player)) this.close();
  }
}
