// The Python that trains the same network to the same numbers.

/**
 * `settings`, and `run`: { set, sizes, names (nn's name of each row), epochs, parameters: the first weights, or null
 * where the seed gives them }.
 */
export function pythonCode(settings, { set, sizes, names, epochs, parameters }) {
  const { seed, share, lr, batch, loss } = settings;
  const [optimizer, options] = settings.optimizer === "momentum" ? ["SGD", ", momentum=0.9"] : [settings.optimizer, ""];
  const formulas = settings.features.join(", ");
  const inputs = set.X[0].map((_, j) => `x${j + 1}`).join(", ");
  const isPlain = formulas === inputs;
  const target = loss === "hinge" ? "[2 * k - 1 for k in train.y]" : "train.y";
  const numbers = loss === "hinge" ? "y" : "train.y";
  const penalty = settings.penalty === "none" ? "" : `, ${settings.penalty.toLowerCase()}=${settings.rate}`;
  const lines = [
    settings.features.some((text) => text.startsWith("sin")) && "from math import sin\n",
    `from nn import MLP, ${optimizer}, data, fit`,
    "",
    `samples = ${samplesCode(set, settings)}`,
    share ? `train, held_out = data.split(samples, ${share}, seed=${seed})` : "train = samples",
    set.standardized &&
      (share ? "train, held_out = data.standardized(train, held_out)" : "(train,) = data.standardized(train)"),
    `X = ${isPlain ? "train.X" : `[[${formulas}] for ${inputs.includes(",") ? inputs : `(${inputs},)`} in train.X]`}`,
    loss === "hinge" && `y = ${target}`,
    `model = MLP([${sizes.join(", ")}]${activationCode(settings, names)}${initCode(settings, parameters)})`,
    ...(parameters
      ? [`for p, number in zip(model.parameters(), [${parameters.join(", ")}]):`, "    p.data = number"]
      : []),
    `optimizer = ${optimizer}(model.parameters(), lr=${lr}${options})`,
    `fit(model, X, ${numbers}, loss="${loss}", optimizer=optimizer${penalty},`,
    `    epochs=${epochs}${batch ? `, batch_size=${batch}` : ""}, seed=${seed})`,
  ];
  return `${lines.filter((line) => typeof line === "string").join("\n")}\n`;
}

function samplesCode(set, { noise, seed }) {
  if (set.code) return set.code.replace("{noise}", noise).replace("{seed}", seed);
  const list = (items) => `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
  return `data.Dataset(${list(set.X)}, ${list(set.y)}, ${list(set.features)}, ${list(set.classes)})`;
}

function activationCode({ activations }, names) {
  if (!activations.length) return "";
  const used = activations.map((row) => `"${names[row]}"`);
  const same = used.every((name) => name === used[0]);
  return `, activation=${same ? used[0] : `[${used.join(", ")}]`}`;
}

function initCode({ init, seed }, parameters) {
  if (parameters) return "";
  return `${init === "kaiming" ? "" : `, init="${init}"`}, seed=${seed}`;
}
