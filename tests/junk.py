"""Whatever a student may give instead of an answer."""

import numpy as np

from autograd import Value


class Hostile:
    """Raises whatever is asked of it."""

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None


class Trap:
    """Has what a number, a Value or an array has, and raises when it is touched."""

    def __float__(self):
        raise RuntimeError("no")

    @property
    def data(self):
        raise KeyError("no")

    @property
    def tolist(self):
        raise ZeroDivisionError("no")

    @property
    def shape(self):
        raise ValueError("no")


class Ticking:
    """An array whose list can't be had."""

    def tolist(self):
        raise OSError("no")


def holding_itself_behind_a_number():
    a = [1.0]
    a.append(a)
    return a


def holding_itself():
    a = []
    a.append(a)
    return a


JUNK = [Trap(), Ticking(), [Trap()], holding_itself(), bytearray(b"2"), "0.84", np.str_("0.84"), np.array("0.84"), "abc", "", b"x", {}, {1: 2}, set(), object(), Hostile(), [Hostile()], np.ndarray, Value, print, lambda: 1 / 0, lambda *_: 1 / 0, lambda *_: "abc", 1j,
        float("nan"), float("inf"), 10**400, [None], [[]], [[], []], np.array(["a"]), holding_itself_behind_a_number(), (x for x in "ab"), NotImplemented]  # fmt: skip
