"""Mutants: a module with one small mistake each, made in its syntax tree.

A comparison one off or turned round, another operator, a number one more or one less, a condition negated, a statement or
a ``raise`` left out, nothing returned, neighbouring arguments swapped.

>>> [ast.unparse(mistake) for mistake in mistakes(ast.parse("f(x, 1) if a < b else 0", mode="eval").body)]
['f(x, 1) if not a < b else 0']
>>> [ast.unparse(mistake) for mistake in mistakes(ast.parse("f(x, 1)", mode="eval").body)]
['f(1, x)']
"""

from __future__ import annotations

import ast
import copy
import difflib
from inspect import CO_NEWLOCALS
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ROOT", "Mutant", "count", "functions_of", "mutants_of", "paths_of"]

ROOT = Path(__file__).parent.parent
PAIRS = {
    ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.Eq: ast.NotEq, ast.Is: ast.IsNot, ast.In: ast.NotIn, ast.And: ast.Or,
    ast.Add: ast.Sub, ast.Mult: ast.Div, ast.FloorDiv: ast.Mod,
}  # fmt: skip
# From so many on, another way is taken to the same numbers, or a longer or a shorter line is written.
LIMITS = {
    "ALIKE", "DENSE", "FEW", "FEW_ROWS", "KEPT_SIZES", "MANY", "PROBED", "RAGGED", "SHORT", "SHORT_ROW", "SMALL", "TALL",
    "TOGETHER", "UNCOPIED",
}  # fmt: skip
SYMMETRIC = {
    "equal",
    "hypot",
    "max",
    "maximum",
    "min",
    "minimum",
    "swapaxes",
}  # functions of two operands in either order
POINTS = {"ANY", "POSITIVE", "TRIED", "UNIT"}
OTHER: dict[Any, Any] = {**PAIRS, **{b: a for a, b in PAIRS.items()}, ast.Pow: ast.Mult}


def changed(node: ast.AST, **fields: Any) -> ast.AST:
    """A copy of the node with these fields."""
    new = copy.copy(node)
    for field, value in fields.items():
        setattr(new, field, value)
    return new


def mistakes(node: ast.AST) -> Iterator[ast.AST]:
    """What might stand by mistake where ``node`` stands."""
    match node:
        case ast.Compare(ops=ops):
            yield from (changed(node, ops=[*ops[:i], OTHER[type(op)](), *ops[i + 1 :]]) for i, op in enumerate(ops))
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op) if type(op) in OTHER:
            yield changed(node, op=OTHER[type(op)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool(x)):
            yield changed(node, value=not x)
        case ast.Constant(value=int(x) | float(x)):
            yield from (changed(node, value=x + 1), changed(node, value=x - 1))
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in SYMMETRIC:
            pass
        case ast.Call(args=a) if not any(isinstance(x, ast.Starred) for x in a):
            swaps = (i for i in range(len(a) - 1) if ast.dump(a[i]) != ast.dump(a[i + 1]))
            yield from (changed(node, args=[*a[:i], a[i + 1], a[i], *a[i + 2 :]]) for i in swaps)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield changed(node, value=None)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if not negated_elsewhere(test):
            yield changed(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.comprehension(ifs=[test]) if not negated_elsewhere(test):
            yield changed(node, ifs=[ast.UnaryOp(ast.Not(), test)])
    deletable = (ast.Raise, ast.Expr, ast.AugAssign, ast.Continue, ast.Break, ast.Delete)
    if isinstance(node, deletable) or (isinstance(node, ast.Assign) and rebinds(node)):
        yield ast.Pass()


def negated_elsewhere(test: ast.expr) -> bool:
    """Is the negation a mistake of the test itself: ``not x``, ``a == b``?"""
    match test:
        case ast.UnaryOp(op=ast.Not()) | ast.Constant(value=bool()):
            return True
        case ast.Compare(ops=[ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot() | ast.In() | ast.NotIn()]):
            return True
    return False


def rebinds(node: ast.Assign) -> bool:
    """Does it change what was there, ``x.y = …`` or ``x = f(x)``? A name without its first assignment fails anyhow."""
    read = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
    return any(not isinstance(n, (ast.Name, ast.Tuple)) or getattr(n, "id", None) in read for n in node.targets)


def left_alone(node: ast.AST) -> bool:
    """What changes no number: texts, lists of names, ``strict=True``, limits of speed, points to try, one of equal lengths."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.keyword(arg="strict" | "sample" | "maxsize"):
            return True
        case ast.Call(func=ast.Name(id="len"), args=[ast.Subscript(slice=ast.Constant())]):
            return True
        case ast.Compare():
            return any(isinstance(part, ast.Name) and part.id in LIMITS for part in ast.walk(node))
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name.startswith("__") or name in LIMITS or name in POINTS
    return False


def each_mistake(holder: ast.AST, statement: Any = None) -> Iterator[ast.stmt]:
    """Make every mistake below ``holder``, one at a time: while it stands in the tree, the statement that has it."""
    for field, value in ast.iter_fields(holder):
        if field in ("annotation", "returns") or (isinstance(holder, ast.Raise) and field == "exc"):
            continue
        nodes = value if isinstance(value, list) else [value]
        for i, node in enumerate(nodes):
            if not isinstance(node, ast.AST) or left_alone(node):
                continue
            here = node if isinstance(node, ast.stmt) else statement
            for mistake in mistakes(node):
                for stands in (ast.fix_missing_locations(ast.copy_location(mistake, node)), node):
                    nodes[i] = stands
                    setattr(holder, field, value if isinstance(value, list) else stands)
                    if stands is mistake:
                        yield here
            yield from each_mistake(node, here)


class Mutant(NamedTuple):
    """A module with one mistake: the lines that run it, its code, what changed, and if it must be imported."""

    path: str
    lines: set[int]
    code: CodeType
    diff: str
    reshaped: bool


def mutants_of(path: str, chosen: Callable[[int], bool]) -> Iterator[Mutant]:
    """The mutants of a file whose numbers are chosen; not those that compile to the same code."""
    tree = ast.parse((ROOT / path).read_text())
    source, code = ast.unparse(tree).splitlines(), compile(tree, str(ROOT / path), "exec")
    shape = {key: function.co_freevars for key, function in functions_of(code).items()}
    for i, statement in enumerate(each_mistake(tree)):
        if chosen(i) and (mutated := compile(tree, str(ROOT / path), "exec")) != code:
            first = min([statement, *getattr(statement, "decorator_list", ())], key=lambda node: node.lineno).lineno
            body = getattr(statement, "body", None)
            lines = {*range(first, body[0].lineno if body else statement.end_lineno + 1), *lines_with(statement, tree)}
            diff = list(difflib.unified_diff(source, ast.unparse(tree).splitlines(), n=0, lineterm=""))[3:]
            reshaped = shape != {key: function.co_freevars for key, function in functions_of(mutated).items()}
            yield Mutant(path, lines, mutated, "\n".join([f"{path}:{statement.lineno}", *diff]), reshaped)


def lines_with(statement: Any, tree: ast.Module) -> set[int]:
    """The lines that read a constant which the statement defines."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    constants = {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name) and n.id.isupper()}
    return {n.lineno for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in constants}


def paths_of(module: str) -> list[str]:
    """The file of a module, or the files of a package."""
    path = ROOT.joinpath(*module.split("."))
    return [
        str(file.relative_to(ROOT))
        for file in ([path.with_suffix(".py")] if not path.is_dir() else sorted(path.rglob("*.py")))
    ]


def functions_of(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """The code of a module's functions and methods, by name and line."""
    found = {}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            is_function = constant.co_flags & CO_NEWLOCALS
            found |= (
                {(constant.co_qualname, constant.co_firstlineno): constant} if is_function else functions_of(constant)
            )
    return found


def count(path: str) -> int:
    """How many mistakes can be made in a file."""
    return sum(1 for _ in each_mistake(ast.parse((ROOT / path).read_text())))
