"""The executor of irregular graphs where LLVM is installed: the tape as machine code, one loop per run of like nodes.

Without a batch a register holds one number. A batch goes through the tape in tiles, with a lane for each sample of the tile.
"""

from __future__ import annotations

import math
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.compiler.machine_code import driver, loops
from autograd.compiler.registers import raise_what_callbacks_raised
from autograd.compiler.schedule import schedule
from autograd.compiler.tape import narrowed
from autograd.compiler.transient import Transient

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.compiler.executor import Executor
    from autograd.compiler.plan import Plan
    from autograd.compiler.schedule import Schedule

__all__ = ["Machine"]

WIDE = 33  # operands: of a wider sum the code would be long
ALONE = np.ones(1)  # the weight of a single sample
ROLES = "parameter", "data", "argument"
LINE = 64  # bytes that memory moves at once: the lanes of one node


class Machine:
    """Runs a tape in machine code.

    behind: the executor whose source says the same, and runs on the arrays of other libraries
    """

    def __init__(self, plan: Plan, behind: Executor, dtype: Any) -> None:
        self.signature, self.source, self.numpy_source = behind.signature, behind.source, behind.numpy_source
        self._dtype = dtype
        tape, at = narrowed(plan.tape, WIDE)
        placed = {role: [at[i] for i in _members(plan, role)] for role in ROLES}
        leaves = [i for members in placed.values() for i in members]
        others = set(leaves)
        constants = [i for i, operands in enumerate(tape.operands) if not operands and i not in others]
        self._schedule = schedule(tape, leaves + constants, set(placed["parameter"]))
        parameters, data, arguments = (len(placed[role]) for role in ROLES)
        root = int(self._schedule.place[tape.root])
        self._places = _Places(parameters, data, arguments, len(constants), root)
        self._constants = np.array([[tape.numbers[i]] for i in constants], dtype=dtype).reshape(-1, 1)
        self._lanes = LINE // np.dtype(dtype).itemsize if behind.signature.inputs else 1
        self._made = Transient()
        self.engine = f"machine code: {tape.nodes} nodes in {len(self._schedule.runs)} runs of like ones"
        self._room()

    def run(self, with_gradient: bool, leaves: list[Any], arguments: list[Any]) -> tuple[float, Any]:
        """(loss, flat gradient or None); nan where an operand left a domain: replaying the graph says why."""
        room = self._room()
        room.given[:] = np.concatenate([a.reshape(-1, 1) for a in leaves]) if leaves else 0.0
        room.alarm.fill(0.0)
        if not arguments:
            loss = room.compute(with_gradient, ALONE)
            gradient = room.gradient[:, 0].copy() if with_gradient else None
        else:
            loss, gradient = self._run_tiles(room, with_gradient, arguments)
        raise_what_callbacks_raised()
        return (math.nan if room.alarm.any() else loss), gradient

    def _run_tiles(self, room: _Room, with_gradient: bool, arguments: list[Any]) -> tuple[float, Any]:
        loss, sums = 0.0, np.zeros_like(room.gradient) if with_gradient else None
        for samples, weights in self._tiles(arguments):
            room.samples[:] = samples
            loss += room.compute(with_gradient, weights)
            if sums is not None:
                sums += room.gradient
        return loss, None if sums is None else sums.sum(1)

    def _tiles(self, arguments: list[Any]) -> Any:
        """For each tile its samples, one per lane, and the weight that each has in the mean."""
        n, lanes = len(arguments[0]), self._lanes
        tiles = -(-n // lanes)
        samples = np.concatenate(arguments, axis=1)
        padded = np.concatenate([samples, np.broadcast_to(samples[-1], (tiles * lanes - n, samples.shape[1]))])
        weights = np.zeros(tiles * lanes, self._dtype)
        weights[:n] = 1.0 / n
        by_lane = np.ascontiguousarray(padded.reshape(tiles, lanes, -1).swapaxes(1, 2))
        return zip(by_lane, weights.reshape(tiles, lanes), strict=True)

    def _room(self) -> _Room:
        if "room" not in self._made:
            self._made["room"] = _Room(self._schedule, self._places, np.dtype(self._dtype), self._lanes)
            self._made["room"].constants[:] = self._constants
        return self._made["room"]  # type: ignore[no-any-return]


class _Places(NamedTuple):
    """How many leaves of each kind lie in memory, in this order, and where the root is."""

    parameters: int
    data: int
    arguments: int
    constants: int
    root: int


class _Room:
    """The numbers and gradients of a tape's nodes, a row of lanes for each, and the calls that compute them.

    given, samples, constants: the numbers of parameters and data, of arguments, of constants
    gradient:                  of the parameters
    alarm:                     0, and nan where an operand has left a domain
    """

    def __init__(self, plan: Schedule, places: _Places, dtype: np.dtype[Any], lanes: int) -> None:
        self.y, self.delta = (_aligned(len(plan.place), lanes, dtype) for _ in range(2))
        self.alarm = _aligned(1, lanes, dtype)
        ends = list(accumulate(places[:4]))
        self.given, self.samples, self.constants = (
            self.y[: ends[1]],
            self.y[ends[1] : ends[2]],
            self.y[ends[2] : ends[3]],
        )
        self.gradient = self.delta[: ends[0]]
        self._kept: list[Any] = []
        self.value, self.seed = self.y[places.root], self.delta[places.root]
        code = [loops(case, dtype.name, lanes) for case in plan.cases]
        loop = np.array([(c.forward, c.backward) for c in code], dtype=np.int64).reshape(-1, 2)[plan.runs]
        starts, operands = plan.starts.astype(np.int32), plan.operands.astype(np.int32)
        up, down = (loop[:, 0].copy(), starts[1:].copy()), (loop[plan.idle :, 1][::-1].copy(), starts[plan.idle : -1][::-1].copy())  # fmt: skip
        self._forward = self._driven(*up, int(starts[0]), operands, 0, self.alarm)
        self._backward = self._driven(*down, int(starts[-1]), operands, operands.nbytes, self.delta)

    def _driven(self, loop: Any, stops: Any, start: int, operands: Any, offset: int, other: Any) -> Callable[[], None]:
        """A call of the driver. It keeps what it points at."""
        pointers = loop.ctypes.data, stops.ctypes.data, len(stops), start, operands.ctypes.data + offset, self.y.ctypes.data, other.ctypes.data  # fmt: skip
        self._kept.append((loop, stops, operands))
        return partial(driver(), *pointers) if len(stops) else lambda: None

    def compute(self, with_gradient: bool, weights: Any) -> float:
        """The loss, weighted over the lanes; and its gradient, if it is wanted."""
        self._forward()
        if with_gradient:
            self.delta.fill(0.0)
            self.seed[:] = weights
            self._backward()
        return float(self.value.dot(weights))


def _members(plan: Plan, role: str) -> list[int]:
    return [i for a in plan.leaves if a.role == role for i in a.members.ravel().tolist()]


def _aligned(rows: int, lanes: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """An array of zeros whose rows each lie within one line of memory."""
    room = np.zeros(rows * lanes + LINE // dtype.itemsize, dtype)
    start = -room.ctypes.data % LINE // dtype.itemsize
    return room[start : start + rows * lanes].reshape(rows, lanes)
