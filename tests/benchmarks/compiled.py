"""Compiled training steps: chalkgrad's program against NumPy by hand, PyTorch and JAX; and what compiling costs."""

from __future__ import annotations

import random
from time import perf_counter
from typing import Any

from harness import Table, interleaved, ratio, seconds

TASKS = {"moons": ([2, 16, 16, 1], 100), "digits": ([64, 64, 32, 10], 1797)}


def task(name: str, dtype: str) -> tuple[Any, ...]:
    """(model, X, Y): data of the task's size, the same for all; Y is ±1 for moons, one-hot for digits."""
    import numpy as np

    from nn import MLP

    sizes, n = TASKS[name]
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, sizes[0])).astype(dtype)
    Y = rng.choice([-1.0, 1.0], n) if name == "moons" else np.eye(10)[rng.integers(0, 10, n)]
    return MLP(sizes, seed=0), X, Y.astype(dtype)


def arrays_of(model: Any, dtype: str) -> list[Any]:
    """[W1, b1, W2, b2, …] of a model."""
    import numpy as np

    return [
        np.array(part, dtype=dtype)
        for layer in model.layers
        for part in ([[w.data for w in n.w] for n in layer.neurons], [n.b.data for n in layer.neurons])
    ]


def _timed(step: Any, together: int = 20) -> Any:
    """A sample: seconds per step, measured over so many together, with the loss of the tenth step as a check."""
    for _ in range(9):
        step()
    checked = float(step())

    def sample() -> dict[str, float]:
        start = perf_counter()
        for _ in range(together):
            step()
        return {"seconds": (perf_counter() - start) / together, "checked": checked}

    return sample


def loss_of_one(model: Any, name: str) -> tuple[Any, list[Any], Any]:
    """The graph of one sample: (loss, x, y)."""
    from autograd import Value, dot, logsumexp

    x = [Value(0.1 * j, label=f"x[{j}]") for j in range(model.sizes[0])]
    if name == "moons":
        y: Any = Value(1.0, label="y")
        return (1.0 - y * model(x)).relu(), x, y
    y = [Value(float(k == 0), label=f"y[{k}]") for k in range(10)]
    logits = model(x)
    return logsumexp(logits) - dot(logits, y), x, y


def as_chalkgrad(name: str, dtype: str, lr: float) -> Any:
    """The compiled program; parameters stay in its flat array."""
    from autograd.compiler import compile_graph

    model, X, Y = task(name, dtype)
    loss, x, y = loss_of_one(model, name)
    program = compile_graph(loss, inputs=[x, y], dtype=dtype)
    theta = program.load()

    def step() -> Any:
        value, gradient = program.value_and_grad(X, Y, parameters=theta)
        gradient *= lr
        theta.__isub__(gradient)
        return value

    return _timed(step)


def as_numpy(name: str, dtype: str, lr: float) -> Any:
    """The δ procedure as one writes it by hand."""
    import numpy as np

    model, X, Y = task(name, dtype)
    W1, b1, W2, b2, W3, b3 = parameters = arrays_of(model, dtype)
    n = len(X)

    def step() -> Any:
        h1 = np.maximum(X @ W1.T + b1, 0)
        h2 = np.maximum(h1 @ W2.T + b2, 0)
        f = h2 @ W3.T + b3
        if name == "moons":
            margin = 1 - Y[:, None] * f
            loss = np.maximum(margin, 0).mean()
            delta3 = -Y[:, None] * (margin > 0) / n
        else:
            shifted = f - f.max(axis=1, keepdims=True)
            e = np.exp(shifted)
            total = e.sum(axis=1, keepdims=True)
            loss = (np.log(total[:, 0]) - (shifted * Y).sum(axis=1)).mean()
            delta3 = (e / total - Y) / n
        delta2 = (delta3 @ W3) * (h2 > 0)
        delta1 = (delta2 @ W2) * (h1 > 0)
        gradients = [delta1.T @ X, delta1.sum(0), delta2.T @ h1, delta2.sum(0), delta3.T @ h2, delta3.sum(0)]
        for p, g in zip(parameters, gradients, strict=True):
            p -= lr * g
        return loss

    return _timed(step)


def as_torch(name: str, dtype: str, lr: float) -> Any:
    """PyTorch eager with its own SGD."""
    import torch

    torch.set_num_threads(1)
    model, X, Y = task(name, dtype)
    X, Y = torch.tensor(X), torch.tensor(Y)
    parameters = [torch.tensor(a, requires_grad=True) for a in arrays_of(model, dtype)]
    W1, b1, W2, b2, W3, b3 = parameters
    optimizer = torch.optim.SGD(parameters, lr=lr)
    linear, entropy = torch.nn.functional.linear, torch.nn.functional.cross_entropy

    def step() -> Any:
        f = linear(linear(linear(X, W1, b1).relu(), W2, b2).relu(), W3, b3)
        loss = (1.0 - Y * f.squeeze(1)).relu().mean() if name == "moons" else entropy(f, Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return _timed(step)


def as_jax(name: str, dtype: str, lr: float) -> Any:
    """JAX, the whole step under jit."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    model, X, Y = task(name, dtype)
    X, Y = jnp.asarray(X), jnp.asarray(Y)
    state = [jnp.asarray(a) for a in arrays_of(model, dtype)]

    def loss(parameters: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = parameters
        f = jax.nn.relu(jax.nn.relu(X @ W1.T + b1) @ W2.T + b2) @ W3.T + b3
        if name == "moons":
            return jax.nn.relu(1.0 - Y * f[:, 0]).mean()
        return (jax.nn.logsumexp(f, axis=1) - (f * Y).sum(1)).mean()

    @jax.jit
    def update(parameters: Any) -> Any:
        value, gradients = jax.value_and_grad(loss)(parameters)
        return value, [p - lr * g for p, g in zip(parameters, gradients, strict=True)]

    def step() -> Any:
        value, state[:] = update(state)
        return value.block_until_ready()

    return _timed(step)


def as_micrograd(name: str, dtype: str, lr: float) -> Any:
    """micrograd, scalar by scalar: what the program is compiled from, on the well-known engine."""
    from micrograd.engine import Value
    from micrograd.nn import MLP

    model, X, Y = task(name, dtype)
    peer = MLP(model.sizes[0], list(model.sizes[1:]))
    for layer, theirs in zip(model.layers, peer.layers, strict=True):
        for neuron, other in zip(layer.neurons, theirs.neurons, strict=True):
            other.w, other.b = [Value(w.data) for w in neuron.w], Value(neuron.b.data)
    rows, targets = X.tolist(), Y.tolist()

    def step() -> float:
        losses = [(1.0 + -y * peer(list(map(Value, x)))).relu() for x, y in zip(rows, targets, strict=True)]
        loss = sum(losses) * (1.0 / len(losses))
        peer.zero_grad()
        loss.backward()
        for p in peer.parameters():
            p.data -= lr * p.grad
        return float(loss.data)

    return _timed(step, together=1)


def scalar_gpt(length: int = 16, width: int = 16, heads: int = 4, vocabulary: int = 27) -> Any:
    """The loss of a small GPT on one text, written on scalars: embedding, attention, MLP, cross-entropy."""
    from autograd import Value, affine, dot, logsumexp, mean

    rng = random.Random(0)

    def matrix(rows: int, columns: int, name: str) -> list[list[Any]]:
        return [
            [Value(rng.gauss(0, 0.1), label=f"{name}[{i}][{j}]", kind="parameter") for j in range(columns)]
            for i in range(rows)
        ]

    def linear(W: list[list[Any]], x: list[Any]) -> list[Any]:
        return [dot(w, x) for w in W]

    def normed(x: list[Any]) -> list[Any]:
        scale = (mean([xi * xi for xi in x]) + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    wte, wpe = matrix(vocabulary, width, "wte"), matrix(length, width, "wpe")
    wq, wk, wv, wo = (matrix(width, width, name) for name in ("wq", "wk", "wv", "wo"))
    w_in, w_out = matrix(4 * width, width, "w_in"), matrix(width, 4 * width, "w_out")
    head, zero = matrix(vocabulary, width, "head"), [0.0] * (4 * width)
    text = [rng.randrange(vocabulary) for _ in range(length + 1)]
    d, keys, values, losses = width // heads, [], [], []
    for t in range(length):
        x = normed([a + b for a, b in zip(wte[text[t]], wpe[t], strict=True)])
        z = normed(x)
        q = linear(wq, z)
        keys.append(linear(wk, z))
        values.append(linear(wv, z))
        attended = []
        for h in range(0, width, d):
            scores = [dot(q[h : h + d], k[h : h + d]) * d**-0.5 for k in keys]
            total = logsumexp(scores)
            shares = [(s - total).exp() for s in scores]
            attended += [dot(shares, [v[j] for v in values]) for j in range(h, h + d)]
        x = [a + b for a, b in zip(x, linear(wo, attended), strict=True)]
        z = [v.relu() for v in affine(w_in, normed(x), zero)]
        x = [a + b for a, b in zip(x, linear(w_out, z), strict=True)]
        logits = linear(head, x)
        losses.append(logsumexp(logits) - logits[text[t + 1]])
    return mean(losses)


def as_scalar_gpt(engine: str, length: int) -> Any:
    """One pass forward and backward of the scalar GPT: on Values, or as a program."""
    from autograd import collector_paused, topological_order
    from autograd.compiler import compile_graph

    with collector_paused():
        root = scalar_gpt(length)
        program = compile_graph(root)
        theta, nodes = program.load(), len(topological_order(root))

    def eager() -> float:
        with collector_paused():
            loss = scalar_gpt(length)
            loss.backward()
            return float(loss.data)

    def compiled() -> float:
        return float(program.value_and_grad(parameters=theta)[0])

    step = {"eager": eager, "compiled": compiled}[engine]
    checked = step()

    def sample() -> dict[str, float]:
        start = perf_counter()
        step()
        return {"seconds": perf_counter() - start, "checked": checked, "nodes": nodes}

    return sample


def compiling(n: int, shape: str) -> Any:
    """What compiling a graph of about n nodes costs: a batch through a network, or one long chain."""
    import resource

    from autograd import Value, collector_paused
    from autograd.compiler import compile_graph
    from nn import MLP, mse

    rng = random.Random(0)
    with collector_paused():
        if shape == "batch":
            model, rows = MLP([10, 20, 20, 1], seed=0), max(1, n // 92)
            root = mse([model([rng.random() for _ in range(10)]) for _ in range(rows)], [0.5] * rows)
        else:
            w, b = Value(0.9, kind="parameter"), Value(0.1, kind="parameter")
            root = w
            for _ in range(n // 3):
                root = (root * w + b).tanh()

    def sample() -> dict[str, float]:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = perf_counter()
        program = compile_graph(root)
        taken = perf_counter() - start
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # kB; later samples find the room there
        return {"nodes": program.nodes, "seconds": taken, "bytes": 1024.0 * grown}

    return sample


PEERS = {
    "chalkgrad, compiled": "as_chalkgrad", "NumPy, δ by hand": "as_numpy", "PyTorch eager": "as_torch", "JAX jit": "as_jax",
}  # fmt: skip


def _steps(name: str, dtype: str, rounds: int) -> Table:
    peers = PEERS | ({"micrograd, scalar by scalar": "as_micrograd"} if (name, dtype) == ("moons", "float64") else {})
    done = interleaved({peer: (f"compiled:{make}", name, dtype, 0.1) for peer, make in peers.items()}, rounds)
    reference = next(iter(done.values())).median("seconds")
    rows = [
        [
            peer,
            case.problem or seconds(case.median("seconds")),
            f"{case.spread('seconds'):.0%}",
            _slower(case, reference),
        ]
        for peer, case in done.items()
    ]
    losses = [x for x in (case.median("checked") for case in done.values()) if x is not None]
    sizes, n = TASKS[name]
    note = f"After ten steps the losses differ by {max(losses) - min(losses):.0e}." if losses else ""
    columns = [f"step, {name}, {'-'.join(map(str, sizes))}, {n:,} samples, {dtype}", "median", "±", "times chalkgrad's"]
    return Table(f"Compiled step: {name}, {dtype}", columns, rows, [note])


def _slower(case: Any, reference: float | None) -> str:
    median = case.median("seconds")
    return f"{median / reference:,.2f}" if median and reference else "–"


def run(*, quick: bool) -> list[Table]:
    """Steps against the peers, the scalar GPT, the cost of compiling."""
    rounds = 3 if quick else 15
    tables = [_steps(name, dtype, rounds) for name in TASKS for dtype in ("float64", "float32")]
    length = 16 if quick else 80
    done = interleaved({e: ("compiled:as_scalar_gpt", e, length) for e in ("eager", "compiled")}, 2 if quick else 7)
    eager = done["eager"].median("seconds")
    rows = [
        [e, case.problem or seconds(case.median("seconds")), ratio(eager, case.median("seconds"))]
        for e, case in done.items()
    ]
    nodes = done["compiled"].median("nodes")
    tables.append(
        Table(
            f"A scalar GPT, {nodes or 0:,.0f} nodes, forward and backward",
            ["engine", "median", "against eager"],
            rows,
            ["Mark: 100×."],
        )
    )
    sizes = [10**3, 10**4, 10**5] if quick else [10**3, 10**4, 10**5, 10**6]
    shapes = ("batch", "chain")
    cost = interleaved({(n, k): ("compiled:compiling", n, k) for n in sizes for k in shapes}, 2 if quick else 3)
    rows = [[f"{n:,}", *(_per_node(cost[n, k]) for k in shapes)] for n in sizes]
    columns = ["nodes, about", "a batch graph: ns and bytes per node", "a chain: ns and bytes per node"]
    return [*tables, Table("Compiling", columns, rows, ["Mark: flat."])]


def _per_node(case: Any) -> str:
    if case.problem:
        return str(case.problem)
    grown = max(sample["bytes"] / sample["nodes"] for sample in case.samples)
    return f"{1e9 * case.median('seconds') / case.median('nodes'):,.0f} ns, {grown:,.0f} B"
