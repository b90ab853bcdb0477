"""The functions that a formula may use; `core.representation.grammar` lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Function:
    """A registered function that formulas may use.

    Parameters
    ----------
    name, label, explanation, formula, basic
        As for every registered part.
    values : callable
        ``values(x (n,)) -> (n,)``, or of two such arrays where `several`.
    several : bool
        Whether it takes two or more numbers, rather than one.
    """

    name: str
    label: str
    explanation: str
    formula: str
    basic: bool
    values: Callable[..., np.ndarray]
    several: bool = False


FUNCTIONS = (
    Function("sin", "Sine", "A wave: 0 at 0, back there after 2 pi.", "sin(x)", True, np.sin),
    Function("cos", "Cosine", "A wave: 1 at 0, back there after 2 pi.", "cos(x)", True, np.cos),
    Function("tan", "Tangent", "Sine over cosine; no bounds near pi / 2.", "tan(x)", False, np.tan),
    Function("exp", "Exponential", "Grows by its own size.", "e^x", True, np.exp),
    Function(
        "log",
        "Logarithm",
        "Turns products into sums; has no value at 0 and below.",
        "ln(x)",
        True,
        np.log,
    ),
    Function(
        "sqrt", "Square root", "Draws large numbers in; has no value below 0.", "√x", True, np.sqrt
    ),
    Function("abs", "Absolute value", "The size without the sign.", "|x|", True, np.abs),
    Function(
        "tanh",
        "Hyperbolic tangent",
        "Squeezes all numbers between -1 and 1.",
        "tanh(x)",
        False,
        np.tanh,
    ),
    Function("sign", "Sign", "-1, 0 or 1: the sign without the size.", "sign(x)", False, np.sign),
    Function(
        "min", "Least", "The least of two or more numbers.", "min(x, y)", False, np.minimum, True
    ),
    Function(
        "max",
        "Greatest",
        "The greatest of two or more numbers.",
        "max(x, y)",
        False,
        np.maximum,
        True,
    ),
    Function("floor", "Floor", "The next whole number at or below.", "⌊x⌋", False, np.floor),
)
