// A network as a file that nn.MLP.load reads: safetensors, as nn/tensor_file.py and nn/serialization.py write it.

import { range } from "../../autograd/view/assets/arrays.js";
import { unpack } from "./network.js";
import { sha256 } from "./sha256.js";

/** The bytes of the file. `activations`: nn's names, one per hidden layer. */
export function networkFile(sizes, activations, parameters) {
  const about = {
    format: 1,
    sizes,
    activation: activations.length ? activations : "relu",
    output: "identity",
    training: null,
  };
  const text = JSON.stringify(about);
  const tensors = tensorsOf(unpack(parameters, sizes));
  const header = { __metadata__: { chalkgrad: text, sha256: checksum(text, tensors) } };
  let end = 0;
  for (const [name, { shape, bytes }] of tensors) {
    header[name] = { dtype: "F64", shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
  }
  const head = utf8(JSON.stringify(header));
  const room = Math.ceil(head.length / 8) * 8; // the numbers begin at a multiple of 8
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, room, true);
  return combined([
    length,
    head,
    new Uint8Array(room - head.length).fill(32),
    ...tensors.map(([, { bytes }]) => bytes),
  ]);
}

/** Pairs of a name and { shape, bytes }: a matrix and a vector for each layer, under PyTorch's names. */
function tensorsOf(layers) {
  return layers.flatMap((neurons, l) => [
    [
      `${2 * l}.weight`,
      { shape: [neurons.length, neurons[0].w.length], bytes: float64(neurons.flatMap(({ w }) => w)) },
    ],
    [`${2 * l}.bias`, { shape: [neurons.length], bytes: float64(neurons.map(({ b }) => b)) }],
  ]);
}

/** Of the metadata and of all tensors, in the order of their names; shapes as Python prints them. */
function checksum(text, tensors) {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const parts = sorted.flatMap(([name, { shape, bytes }]) => [utf8(`'${name}' ${shown(shape)} `), bytes]);
  return sha256(combined([utf8(text), ...parts]));
}

function float64(numbers) {
  const view = new DataView(new ArrayBuffer(8 * numbers.length));
  for (const i of range(numbers.length)) view.setFloat64(8 * i, numbers[i], true);
  return new Uint8Array(view.buffer);
}

function utf8(text) {
  return new TextEncoder().encode(text);
}

function combined(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
