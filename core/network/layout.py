"""How a dense network's parameters lie in one flat vector."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from core.errors import InputError
from core.network.initializers import INITIALIZERS
from core.seeds import stream


@dataclass(frozen=True)
class Layout:
    """Layer i's weights (inputs, outputs), row by row, then its biases (outputs,), then layer i+1.

    Weights and biases of a layer together are one matrix (inputs + 1, outputs), whose last row is
    the bias: with a 1 appended to the layer's input, z = x W + b is a single product.

    Parameters
    ----------
    sizes : tuple of int
        Units of each layer, inputs first, outputs last.
    """

    sizes: tuple[int, ...]

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each layer begins, and the end of the last."""
        found = [0]
        for inputs, outputs in pairwise(self.sizes):
            found.append(found[-1] + (inputs + 1) * outputs)
        return tuple(found)

    @property
    def layers(self) -> int:
        return len(self.sizes) - 1

    @property
    def parameters(self) -> int:
        return self.offsets[-1]

    def matrix(self, flat: np.ndarray, i: int) -> np.ndarray:
        """A view (inputs + 1, outputs) of layer i; the last row is the bias."""
        shape = (self.sizes[i] + 1, self.sizes[i + 1])
        return flat[self.offsets[i] : self.offsets[i + 1]].reshape(shape)

    def weight(self, flat: np.ndarray, i: int) -> np.ndarray:
        """A view (inputs, outputs)."""
        return self.matrix(flat, i)[:-1]

    def bias(self, flat: np.ndarray, i: int) -> np.ndarray:
        """A view (outputs,)."""
        return self.matrix(flat, i)[-1]

    def segment(self, flat: np.ndarray, i: int) -> np.ndarray:
        """Layer i's weights and biases as a flat view."""
        return flat[self.offsets[i] : self.offsets[i + 1]]

    def index(self, name: str, layer: int, at: tuple[int, ...]) -> int:
        """Where ``weight_LAYER[at]`` or ``bias_LAYER[at]`` stands in the flat vector.

        Raises
        ------
        InputError
            If the network has no such parameter.
        """
        spelled = f"{name}_{layer}[{','.join(map(str, at))}]"
        if not 0 <= layer < self.layers:
            raise InputError("no such layer", field=spelled, allowed=f"0 to {self.layers - 1}")
        inputs, outputs = self.sizes[layer], self.sizes[layer + 1]
        shape = (inputs, outputs) if name == "weight" else (outputs,)
        if len(at) != len(shape) or any(not 0 <= k < n for k, n in zip(at, shape, strict=False)):
            limits = ", ".join(f"0 to {n - 1}" for n in shape)
            raise InputError("no such parameter", field=spelled, allowed=f"indices {limits}")
        row, column = at if name == "weight" else (inputs, at[0])
        return self.offsets[layer] + row * outputs + column

    def place(self, index: int) -> tuple[int, int, int]:
        """Layer, row of its matrix (the last one holds the biases) and unit of a parameter."""
        layer = bisect_right(self.offsets, index) - 1
        row, unit = divmod(int(index) - self.offsets[layer], self.sizes[layer + 1])
        return layer, row, unit

    def name(self, index: int) -> str:
        """What stands at a place of the flat vector, ``weight_0[1,3]`` or ``bias_0[3]``."""
        layer, row, column = self.place(index)
        if row == self.sizes[layer]:
            return f"bias_{layer}[{column}]"
        return f"weight_{layer}[{row},{column}]"

    @cached_property
    def is_weight(self) -> np.ndarray:
        """1 for weights, 0 for biases, float64 (parameters,): penalties touch weights only."""
        mask = np.ones(self.parameters)
        for i in range(self.layers):
            self.bias(mask, i)[:] = 0.0
        mask.flags.writeable = False
        return mask

    def initial(self, initializer: str, seed: int, dtype: np.dtype) -> np.ndarray:
        """The initial flat vector: weights drawn layer by layer, biases 0."""
        draw = INITIALIZERS[initializer].draw
        rng = stream(seed, "initialization")
        theta = np.zeros(self.parameters, dtype)
        for i, (inputs, outputs) in enumerate(pairwise(self.sizes)):
            self.weight(theta, i)[:] = draw(rng, inputs, outputs)
        return theta
