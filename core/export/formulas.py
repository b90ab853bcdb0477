"""A formula as a numpy expression, written from what was read of it, never from its text."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.errors import InputError
from core.export.literals import number
from core.representation.grammar import CONSTANTS, FUNCTIONS, Node

SIGNS = {"+": 1, "-": 1, "*": 2, "/": 2}  # and how firmly they hold together
NEGATIVE, ATOM = 3, 4


def source(node: Node, columns: Mapping[str, str]) -> str:
    """The expression for a formula's values.

    Parameters
    ----------
    node : Node
    columns : mapping of str to str
        The expression for each column's values.

    Raises
    ------
    InputError
        For a function that numpy has not.
    """
    return _written(node, columns)[0]


def _written(node: Node, columns: Mapping[str, str], alone: bool = False) -> tuple[str, int]:
    """A part's expression, and how firmly it holds together.

    Where a part has no column in it (`alone`), its numbers are numpy's: Python's own would raise
    where numpy's are infinite.
    """
    if node.kind in ("number", "constant"):
        value = CONSTANTS[str(node.value)] if node.kind == "constant" else float(node.value)
        return (f"np.float64({number(value)})" if alone else number(value)), ATOM
    if node.kind == "column":
        return columns[str(node.value)], ATOM
    alone = not node.names()
    parts = [_written(part, columns, alone) for part in node.parts]
    if node.kind == "negative":
        return f"-{_within(parts[0], NEGATIVE)}", NEGATIVE
    if node.kind in SIGNS:
        binding = SIGNS[node.kind]
        left, right = _within(parts[0], binding), _within(parts[1], binding + 1)
        return f"{left} {node.kind} {right}", binding
    name = "power" if node.kind == "^" else _function(node.kind)
    made = parts[0][0]
    for text, _ in parts[1:]:
        made = f"np.{name}({made}, {text})"
    return (made if len(parts) > 1 else f"np.{name}({made})"), ATOM


def _within(part: tuple[str, int], binding: int) -> str:
    return part[0] if part[1] >= binding else f"({part[0]})"


def _function(name: str) -> str:
    """numpy's name for a function of formulas."""
    values = FUNCTIONS[name].values
    known = getattr(values, "__name__", "")
    if getattr(np, known, None) is not values:
        raise InputError(
            "this function cannot be written as code", field="representation.features", value=name
        )
    return known
