"""One training step of MLP(2, [16, 16, 1]) on 100 moons: forward, backward, update."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

from harness import Table, interleaved, ratio, seconds

IMPORTS = {
    "micrograd": ("micrograd.engine", "micrograd.nn"),
    "chalkgrad": ("autograd", "nn"),
    "scalar_peer": ("scalar_peer", "scalar_peer"),
}
CHECKED = 3  # steps after which the losses are compared: everybody must have done the same work


def demo(engine: str) -> dict[str, Any]:
    """The demo's names, run with the imports of that engine."""
    text = (Path(__file__).parent / "demo.py").read_text(encoding="utf-8")
    for theirs, other in zip(IMPORTS["micrograd"], IMPORTS[engine], strict=True):
        text = text.replace(f"from {theirs} import", f"from {other} import")
    names: dict[str, Any] = {"__name__": "demo"}
    exec(compile(text, f"<demo on {engine}>", "exec"), names)
    return names


class _Steps:
    """Time one step after the other. After twelve all goes back to the first weights, so that every engine walks the same twelve."""

    def __init__(self, step: Any, restart: Any) -> None:
        self.step, self.restart, self.k = step, restart, 0
        self.checked = [float(self._next()) for _ in range(CHECKED)][-1]

    def _next(self) -> Any:
        if self.k == 12:
            self.restart()
            self.k = 0
        loss = self.step(self.k)
        self.k += 1
        return loss

    def __call__(self) -> dict[str, float]:
        start = perf_counter()
        self._next()
        return {"seconds": perf_counter() - start, "checked": self.checked}


def _restart(parameters: list[Any]) -> Any:
    first = [p.data for p in parameters]

    def restart() -> None:
        for p, w in zip(parameters, first, strict=True):
            p.data = w

    return restart


def as_the_demo(engine: str) -> _Steps:
    """The demo's own code."""
    names = demo(engine)
    return _Steps(lambda k: names["train_step"](k)[0], _restart(names["model"].parameters()))


def as_chalkgrad() -> _Steps:
    """The same step with nn's losses and optimizer, from the same weights."""
    from nn import SGD, steps

    names = demo("chalkgrad")
    X, y, model = names["X"].tolist(), names["y"].tolist(), names["model"]
    optimizer = SGD(model.parameters(), lr=1.0, weight_decay=2e-4)
    training = steps(model, X, y, loss="hinge", optimizer=optimizer, engine="graph", epochs=10**9)

    def step(k: int) -> float:
        optimizer.lr = 1.0 - 0.9 * k / 100
        penalty = 1e-4 * sum(p.data * p.data for p in optimizer.parameters) if k == CHECKED - 1 else 0.0
        return next(training).loss + penalty  # the record holds the loss without the penalty

    return _Steps(step, _restart(optimizer.parameters))


def as_torch() -> _Steps:
    """The same step in PyTorch's own manner: a tensor a layer, float64, from the same weights."""
    import torch

    torch.set_num_threads(1)
    names = demo("chalkgrad")
    X, y = torch.tensor(names["X"]), torch.tensor(names["y"], dtype=torch.float64)
    parts: list[Any] = []
    for layer in names["model"].layers:
        linear = torch.nn.Linear(len(layer.neurons[0].w), len(layer.neurons), dtype=torch.float64)
        with torch.no_grad():
            linear.weight[:] = torch.tensor([[w.data for w in n.w] for n in layer.neurons], dtype=torch.float64)
            linear.bias[:] = torch.tensor([n.b.data for n in layer.neurons], dtype=torch.float64)
        parts += [linear, torch.nn.ReLU()]
    model = torch.nn.Sequential(*parts[:-1])
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0, weight_decay=2e-4)

    def step(k: int) -> float:
        optimizer.param_groups[0]["lr"] = 1.0 - 0.9 * k / 100
        loss = (1.0 - y * model(X).squeeze(1)).relu().mean()
        penalty = 1e-4 * sum((p * p).sum().item() for p in model.parameters()) if k == CHECKED - 1 else 0.0
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item() + penalty

    first = [p.detach().clone() for p in model.parameters()]

    def restart() -> None:
        with torch.no_grad():
            for p, w in zip(model.parameters(), first, strict=True):
                p.copy_(w)

    return _Steps(step, restart)


def run(*, quick: bool) -> list[Table]:
    """Rows for every engine, ratios against micrograd."""
    cases = {
        "micrograd, the demo as it is": ("eager:as_the_demo", "micrograd"),
        "a Value in microgpt's manner, the demo": ("eager:as_the_demo", "scalar_peer"),
        "chalkgrad, the demo with its imports changed": ("eager:as_the_demo", "chalkgrad"),
        "chalkgrad, own loss and optimizer": ("eager:as_chalkgrad",),
        "PyTorch eager, a tensor a layer": ("eager:as_torch",),
    }
    done = interleaved(cases, rounds=2 if quick else 9)
    reference = next(iter(done.values())).median("seconds")
    losses = [case.median("checked") for case in done.values()]
    rows = [
        [
            name,
            seconds(case.median("seconds")),
            f"{case.spread('seconds'):.0%}",
            ratio(reference, case.median("seconds")),
            str(len(case.samples)),
        ]
        if not case.problem
        else [name, case.problem, "–", "–", "–"]
        for name, case in done.items()
    ]
    known = [x for x in losses if x is not None]
    agree = f"after {CHECKED} steps their losses differ by {max(known) - min(known):.0e}. " if len(known) > 1 else ""
    notes = [
        f"Forward, backward, update. All start from the same weights; {agree}"
        "Marks: 20× with the imports changed, 50× with own losses.",
    ]
    columns = ["training step, MLP(2, [16, 16, 1]), 100 moons", "median", "±", "against micrograd", "runs"]
    return [Table("Eager training step", columns, rows, notes)]
