"""What the network's picture says in words and numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlloop_gui.plots.numbers import count, fixed, short

Array = NDArray[np.floating]

WEIGHTS_TITLE = "edge: weight w · thick: large · dashed: −"


@dataclass(frozen=True)
class Structure:
    """Shape and names of a network.

    Attributes
    ----------
    sizes : tuple of int
        Inputs, units of each hidden layer, outputs.
    features, outputs, activations : tuple of str
        Names of inputs, outputs, and the hidden layers' activations; may be empty.
    """

    sizes: tuple[int, ...]
    features: tuple[str, ...]
    outputs: tuple[str, ...]
    activations: tuple[str, ...]

    def shapes(self) -> list[tuple[int, int]]:
        """Return (inputs, outputs) of each layer."""
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    def parameters(self) -> int:
        """Return the number of weights and biases."""
        return sum((inputs + 1) * outputs for inputs, outputs in self.shapes())

    def column(self, column: int) -> str:
        """Return the name of a column: inputs, hidden 1, output."""
        if column == 0:
            return "inputs"
        return "output" if column == len(self.sizes) - 1 else f"hidden {column}"

    def title(self, column: int) -> str:
        """Return the title of a column, a hidden layer's with its activation."""
        name = self.column(column)
        hidden = 0 < column < len(self.sizes) - 1
        if hidden and column <= len(self.activations):
            return f"{name} · {self.activations[column - 1]}"
        return name

    def unit(self, column: int, unit: int) -> str:
        """Return the name of a unit, counted from 1."""
        if column == 0:
            known = unit < len(self.features)
            return self.features[unit] if known else f"input {unit + 1}"
        if column == len(self.sizes) - 1:
            if self.sizes[-1] == 1:
                return "the output"
            if unit < len(self.outputs):
                return f"output {self.outputs[unit]}"
        return f"{self.column(column)} unit {unit + 1}"

    def summary(self) -> str:
        """Return sizes and number of parameters: 2 → 4 → 1 · 17 parameters."""
        return f"{' → '.join(str(size) for size in self.sizes)} · {self.total()}"

    def total(self) -> str:
        """Return the number of parameters in words."""
        return f"{count(self.parameters())} parameters"

    def describe(self) -> str:
        """Return the structure in words."""
        if not self.sizes:
            return "No network yet."
        parts = [f"{self.sizes[0]} inputs"]
        for column in range(1, len(self.sizes) - 1):
            parts.append(f"{self.title(column)} with {self.sizes[column]} units")
        parts.append(f"{self.sizes[-1]} output" + ("s" if self.sizes[-1] != 1 else ""))
        return f"{', '.join(parts)}; {self.total()}."


def brief(value: float) -> str:
    """Return a number for the picture: two decimals, fewer where large, a power beyond."""
    size = abs(value)
    if not math.isfinite(value) or size < 1e-99:
        return fixed(value, 2)
    if size < 0.005 or size >= 99_999.5:
        exponent = math.floor(math.log10(size))
        return f"{fixed(value / 10.0**exponent, 0)}e{fixed(exponent, 0)}"
    return fixed(value, 2 if size < 9.995 else 1 if size < 99.95 else 0)


def _value(
    values: Sequence[Array | None] | None, layer: int, at: int | tuple[int, int]
) -> float | None:
    array = None if values is None or layer >= len(values) else values[layer]
    return None if array is None else float(array[at])


def unit(
    structure: Structure,
    column: int,
    number: int,
    biases: Sequence[Array],
    values: Sequence[Array | None] | None,
    symbol: str,
) -> str:
    """Return a unit's name with its bias and the value written under it."""
    parts = [structure.unit(column, number)]
    value = _value(values, column, number)
    if value is not None:
        parts.append(f"{symbol} {short(value, 4)}")
    if column > 0:
        bias = float(biases[column - 1][number])
        parts.append(f"b {short(bias, 4)} (bias_{column - 1}[{number}])")
    return " · ".join(parts)


def edge(
    structure: Structure,
    layer: int,
    i: int,
    j: int,
    weights: Sequence[Array],
    values: Sequence[Array | None] | None,
    symbol: str,
) -> str:
    """Return an edge's weight, where it leads, and the value by which it is drawn."""
    names = f"from {structure.unit(layer, i)} to {structure.unit(layer + 1, j)}"
    text = f"w {short(float(weights[layer][i, j]), 4)} {names} (weight_{layer}[{i},{j}])"
    value = _value(values, layer, (i, j))
    if value is None:
        return text
    return f"{text} · {symbol or 'value'} {short(value, 4)}"


def table(
    structure: Structure, weights: Sequence[Array], biases: Sequence[Array]
) -> tuple[list[str], list[list[object]]]:
    """Return headers and columns of a table of every parameter."""
    columns: list[list[object]] = [[], [], [], []]
    for layer, (matrix, vector) in enumerate(zip(weights, biases, strict=True)):
        for j, bias in enumerate(vector.tolist()):
            row = (f"bias_{layer}[{j}]", "", structure.unit(layer + 1, j), bias)
            for cells, cell in zip(columns, row, strict=True):
                cells.append(cell)
        for i, line in enumerate(matrix.tolist()):
            for j, weight in enumerate(line):
                ends = (structure.unit(layer, i), structure.unit(layer + 1, j))
                row = (f"weight_{layer}[{i},{j}]", *ends, weight)
                for cells, cell in zip(columns, row, strict=True):
                    cells.append(cell)
    return ["parameter", "from", "to", "value"], columns
