"""The op table and the update rules, read as JavaScript: a page computes with the rules that Python computes with."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache, partial
from textwrap import indent
from typing import TYPE_CHECKING, Any

from autograd.elementary import FUNCTIONS
from autograd.ops import LEAVES
from autograd.symbols import Expr, Symbols, formula, read, symbols
from autograd.view.scripts import ASSETS, join_modules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from autograd.backprop import Node
    from autograd.ops import Op
    from autograd.update_rules import UpdateRule

__all__ = [
    "computable",
    "javascript",
    "javascript_table",
    "javascript_update",
    "javascript_updates",
    "rule_name",
    "rules_of",
]

# How JavaScript writes a head; every other one is a function of `Math`, or of xp. "/" is one of xp: to divide by 0 is an
# error in Python.
_PATTERNS = {
    "+": "({} + {})", "-": "({} - {})", "*": "({} * {})", "neg": "(-{})", "<": "({} < {})", "<=": "({} <= {})",
    ">": "({} > {})", ">=": "({} >= {})", "/": "xp.divide({}, {})", "abs": "xp.absolute({})",
    "power": "xp.power({}, {})", "erf": "erf({})", "erfc": "erfc({})", "exp2": "xp.grow((z) => 2 ** z, {})",
    "rint": "rint({})", "fmod": "xp.call(fmod, {}, {})", "remainder": "xp.call(remainder, {}, {})",
}  # fmt: skip
_GROWING = frozenset(["exp", "expm1", "sinh", "cosh", "hypot"])
_MODULES = {"erfc.js": "erfc?", "rounding.js": "rint|fmod|remainder"}  # and the functions that they have
_SHORT = 60  # characters of a part that is written where it is used


def rule_name(op: Op, operands: int = 1) -> str:
    """What a page calls a rule: the row's name, its constants, and how many operands it has where it may have any number.

    A node of the user's own without a rule is "opaque", whatever its symbol.

    >>> from autograd.ops import OPS
    >>> rule_name(OPS["power_constant"].bind(k=2.0)), rule_name(OPS["dot"], 9)
    ('power_constant(k=2)', 'dot/9')
    """
    if not (op.operands or op.n_ary) and LEAVES.get(op.name) is not op:
        return "opaque"
    constants = ", ".join(f"{k}={repr(c).removesuffix('.0')}" for k, c in op.constants.items())
    return f"{op.name}{f'({constants})' if constants else ''}{f'/{operands}' if op.n_ary else ''}"


def rules_of(nodes: Iterable[Node]) -> dict[str, tuple[Op, int]]:
    """The rules that these nodes were computed by, by name: the row, and the number of its operands.

    >>> from autograd import Value
    >>> rules_of([Value(1.0), Value(1.0).exp()])
    {'exp': (<op exp>, 1)}
    """
    used = {rule_name(v.op, len(v.parents)): (v.op, len(v.parents)) for v in nodes if v.op.operands or v.op.n_ary}
    return {name: rule for name, rule in used.items() if computable(*rule)}


@lru_cache(maxsize=4096)
def computable(op: Op, operands: int) -> bool:
    """Can a page compute it? Not a rule that asks for a function of the user's own."""
    value, slopes = formula(op, [f"x{i}" for i in range(operands)])
    return not _own_functions([value, *slopes])


def _own_functions(formulas: Iterable[Expr]) -> list[str]:
    """The functions of the user's own that they ask for."""
    heads = dict.fromkeys(str(e.head) for e in _operands_first(formulas) if e.args)
    return [head for head in heads if head in FUNCTIONS and FUNCTIONS[head].own]


def javascript(op: Op, operands: int = 1) -> str:
    """A row as a JavaScript function of [x₁, …] that gives y, and puts ∂y/∂x₁, … into a list d.

    ``xp`` is a number system of ``assets/xp.js``. The steps are those of the rule: what it uses twice is computed once. No
    list is made: training calls a rule a million times a second.

    >>> from autograd.ops import OPS
    >>> print(javascript(OPS["sqrt"]))
    (xp, x, d) => {
      const t0 = xp.call(Math.sqrt, x[0]);
      const t1 = xp.divide(0.5, t0);
      d[0] = t1;
      return t0;
    }

    Raises TypeError for a rule that a page can't compute (see ``computable``).
    """
    value, slopes = read(op, [Expr(f"x[{i}]") for i in range(operands)], _spelled_out)
    return _function("(xp, x, d)", value, slopes, "d")


class _SpelledOut(Symbols):
    """Symbols that write a function by others where JavaScript does not have it."""

    def __getattr__(self, name: str) -> Any:
        by_others = FUNCTIONS[name].by_others if name in FUNCTIONS else None
        return partial(by_others, self) if by_others else super().__getattr__(name)


_spelled_out = _SpelledOut()


def javascript_update(rule: UpdateRule) -> str:
    """An update rule as a JavaScript function of η, t, w, g and the running numbers: it gives Δ, and moves them on in s.

    >>> from autograd.update_rules import RULES
    >>> print(javascript_update(RULES["momentum"].bind(momentum=0.5)))
    (xp, lr, t, w, g, s) => {
      const t0 = (0.5 * s[0]) + g;
      const t1 = lr * t0;
      s[0] = t0;
      return t1;
    }

    Raises TypeError for a rule that can't be read with symbols, as one that branches on a number can't.
    """
    running = [f"s[{i}]" for i in range(len(rule.running))]
    delta, *after = rule(symbols, *map(Expr, ("lr", "t", "w", "g", *running)))
    return _function("(xp, lr, t, w, g, s)", delta, after, "s")


def _function(arguments: str, first: Expr, more: Sequence[Expr], place: str) -> str:
    """A function that gives ``first``, and puts ``more`` into the list called ``place``."""
    for own in _own_functions([first, *more]):
        raise TypeError(f"a page can't compute xp.{own}, a function of the user's own")
    order = list(_operands_first([first, *more]))
    uses = Counter(id(a) for e in order for a in e.args)
    results = {id(first), *map(id, more)}  # computed before the list changes, which they may read
    written: dict[int, str] = {}  # Expr → its name, its number, or all of it: what is used once, if it is short
    lines: list[str] = []
    for e in order:
        text = _written(e, [written[id(a)] for a in e.args])
        if not e.args or (uses[id(e)] == 1 and id(e) not in results and len(text) <= _SHORT):
            written[id(e)] = text
        else:
            written[id(e)] = f"t{len(lines)}"
            lines.append(f"  const t{len(lines)} = {text[1:-1] if text[0] == '(' else text};\n")
    lines += [f"  {place}[{i}] = {written[id(e)]};\n" for i, e in enumerate(more)]
    return f"{arguments} => {{\n{''.join(lines)}  return {written[id(first)]};\n}}"


def _written(e: Expr, operands: Sequence[str]) -> str:
    """A formula, of its operands as they are written; one with an operator is in brackets."""
    if not e.args:
        return e.head if isinstance(e.head, str) else _number(e.head)
    head = str(e.head)
    if head in _PATTERNS:
        return _PATTERNS[head].format(*operands)
    called = f"xp.{head}("
    if head in FUNCTIONS:  # which JavaScript calls as Python's math does
        called = f"xp.{'grow' if head in _GROWING else 'call'}(Math.{FUNCTIONS[head].floats.__name__}, "
    return f"{called}{', '.join(operands)})"


def _operands_first(formulas: Iterable[Expr]) -> Iterator[Expr]:
    """Every part of the formulas once, after its operands. No recursion: a sum is as deep as it has operands."""
    seen = set()
    todo = [(e, False) for e in formulas][::-1]
    while todo:
        e, ready = todo.pop()
        if ready:
            yield e
        elif id(e) not in seen:
            seen.add(id(e))
            todo += [(e, True), *((a, False) for a in reversed(e.args))]


def _number(x: float) -> str:
    """A number as JavaScript reads it; a negative one in brackets, so that two signs never meet."""
    if isinstance(x, bool):
        return str(x).lower()
    text = repr(float(x)).removesuffix(".0").replace("inf", "Infinity").replace("nan", "NaN")
    return f"({text})" if text.startswith("-") else text


def javascript_table(rules: Mapping[str, tuple[Op, int]]) -> str:
    """Rows as the JavaScript object ``OPS``: by the rule's name, the row and the number of its operands.

    Before them, where a row needs one, the functions that JavaScript hasn't.

    >>> from autograd.ops import OPS
    >>> javascript_table({"exp": (OPS["exp"], 1)}).splitlines()[2]
    '  "exp": (xp, x, d) => {'
    """
    table = _object("OPS", {name: javascript(*rule) for name, rule in rules.items()})
    needed = [module for module, names in _MODULES.items() if re.search(rf"\b({names})\b", table)]
    return "".join(join_modules(ASSETS / module) for module in needed) + table


def javascript_updates(rules: Mapping[str, UpdateRule]) -> str:
    """Update rules as the JavaScript object ``UPDATES``: by name, how many running numbers there are, and the rule.

    >>> from autograd.update_rules import RULES
    >>> javascript_updates({"SGD": RULES["SGD"]}).splitlines()[2]
    '  "SGD": { running: 0, rule: (xp, lr, t, w, g, s) => {'
    """
    rows = {
        name: f"{{ running: {len(rule.running)}, rule: {javascript_update(rule)} }}" for name, rule in rules.items()
    }
    return _object("UPDATES", rows)


def _object(name: str, rows: Mapping[str, str]) -> str:
    text = "".join(f"{json.dumps(key)}: {value},\n" for key, value in rows.items())
    return f"const {name} = {{\n  __proto__: null,\n{indent(text, '  ')}}};\n"
