"""The numpy kernel: the arithmetic of a turn as short tapes of calls over fixed buffers.

For each batch shape a `Tape` is recorded once: lists of bound numpy calls, one list a layer
forward, one for the loss, one a layer backward. The slow gear plays the lists one by one and looks
at the buffers in between; the fast gear plays them in a row. There is no second code path, so both
gears give the same bits.

Activations stand unit-major, (units + 1, rows), with a row of ones at the end: one product then
gives z = x W + b, one the gradients of weights and biases together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import sqrt

import numpy as np

from core.losses import LOSSES, LossWork
from core.network.activations import ACTIVATIONS
from core.network.layout import Layout
from core.optimizers import OPTIMIZERS, Piece
from core.settings import OptimizerSettings

Array = np.ndarray
Op = Callable[[], object]
PIECE = 32_768  # parameters


@dataclass(frozen=True)
class Structure:
    """What a kernel computes: layer sizes, hidden activations, loss and number format."""

    layout: Layout
    activations: tuple[str, ...]
    loss: str
    delta: float = 1.0
    dropout: float = 0.0
    dtype: str = "float64"


class Tape:
    """Buffers and recorded calls for one number of rows.

    Attributes
    ----------
    x : ndarray of shape (rows, inputs + 1)
        The batch; its last column is 1.
    y : ndarray of shape (rows, outputs)
    vote : ndarray of shape (rows,)
        Each sample's weight in the mean; sums to 1.
    z, hidden, a : list of ndarray
        Of each layer, unit-major: pre-activation (units, rows), activation before dropout, and
        what the next layer gets (units + 1, rows).
    mask : list of ndarray
        Dropout's factors (units, rows), 0 or 1 / (1 - p); empty without dropout.
    draws : list of ndarray
        The float64 numbers that the masks are made of.
    delta : list of ndarray
        The batch objective's derivative by each z (units, rows), the votes included.
    price : ndarray of shape (rows,)
        Each sample's loss.
    """

    def __init__(self, kernel: NumpyKernel, rows: int) -> None:
        s, layout = kernel.structure, kernel.structure.layout
        dtype, sizes = kernel.dtype, layout.sizes
        self.rows = rows
        self.x = np.ones((rows, sizes[0] + 1), dtype)
        self.y = np.empty((rows, sizes[-1]), dtype)
        self.vote = np.full(rows, 1.0 / rows, dtype)
        self.price = np.empty(rows, dtype)
        self.work = LossWork(sizes[-1], rows, dtype, s.delta)
        self.z = [np.empty((n, rows), dtype) for n in sizes[1:]]
        self.delta = [np.empty((n, rows), dtype) for n in sizes[1:]]
        self.hidden: list[Array] = []
        self.a: list[Array] = []
        self.mask: list[Array] = []
        self.draws: list[Array] = []
        self._scratch = [np.empty((n, rows), dtype) for n in sizes[1:-1]]
        for n in sizes[1:-1]:
            a = np.ones((n + 1, rows), dtype)
            self.a.append(a)
            if s.dropout:
                self.mask.append(np.empty((n, rows), dtype))
                self.draws.append(np.empty((n, rows)))
                self.hidden.append(np.empty((n, rows), dtype))
            else:
                self.hidden.append(a[:-1])
        self.forward: list[list[Op]] = [self._forward(kernel, i) for i in range(layout.layers)]
        self.backward: list[list[Op]] = [self._backward(kernel, i) for i in range(layout.layers)]
        self.measure: list[Op] = [partial(kernel.loss.forward, self.z[-1], self.y.T, self.price,
                                self.delta[-1], self.work)]  # fmt: skip
        last = layout.layers - 1
        self.backward[last] = [
            partial(kernel.loss.slope, self.z[-1], self.y.T, self.delta[-1], self.work),
            partial(np.multiply, self.delta[-1], self.vote, self.delta[-1]),
            *self.backward[last],
        ]
        self.turn: list[Op] = [op for ops in self.forward for op in ops]
        self.turn += self.measure
        self.turn += [op for ops in reversed(self.backward) for op in ops]

    def _input(self, i: int) -> Array:
        """Layer i's input with its row of ones (units + 1, rows)."""
        return self.a[i - 1] if i else self.x.T

    def _forward(self, kernel: NumpyKernel, i: int) -> list[Op]:
        matrix = kernel.structure.layout.matrix(kernel.theta, i)
        ops: list[Op] = [partial(matrix.T.dot, self._input(i), self.z[i])]
        if i < kernel.structure.layout.layers - 1:
            act = ACTIVATIONS[kernel.structure.activations[i]]
            ops.append(partial(act.forward, self.z[i], self.hidden[i], self._scratch[i]))
            if self.mask:
                ops.append(partial(np.multiply, self.hidden[i], self.mask[i], self.a[i][:-1]))
        return ops

    def _backward(self, kernel: NumpyKernel, i: int) -> list[Op]:
        layout = kernel.structure.layout
        gradient, weight = layout.matrix(kernel.grad, i), layout.weight(kernel.theta, i)
        ops: list[Op] = [partial(self._input(i).dot, self.delta[i].T, gradient)]
        if i:
            act = ACTIVATIONS[kernel.structure.activations[i - 1]]
            below, s = self.delta[i - 1], self._scratch[i - 1]
            spare = self.z[i - 1] if act.name == "linear" else np.empty_like(s)
            ops.append(partial(weight.dot, self.delta[i], below))
            if self.mask:
                ops.append(partial(np.multiply, below, self.mask[i - 1], below))
            if act.name != "linear":
                ops.append(partial(act.slope, self.z[i - 1], self.hidden[i - 1], spare, s))
                ops.append(partial(np.multiply, below, spare, below))
        return ops


class NumpyKernel:
    """Parameters, gradient and the calls that turn one into the other.

    Attributes
    ----------
    theta, grad, step : ndarray of shape (parameters,)
        Flat; never replaced, always written in place.
    slots : ndarray of shape (slots, parameters)
        The optimizer's memory.
    """

    name = "numpy"
    releases_lock = False  # its many short calls hold the interpreter lock nearly always

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.dtype = np.dtype(structure.dtype)
        self.loss = LOSSES[structure.loss]
        layout = structure.layout
        self.theta = np.zeros(layout.parameters, self.dtype)
        self.grad = np.zeros_like(self.theta)
        self.penalty_grad = np.zeros_like(self.theta)
        self.step = np.zeros_like(self.theta)
        self.slots = np.zeros((0, layout.parameters), self.dtype)
        self._scratch = np.zeros_like(self.theta)
        self._is_weight = layout.is_weight.astype(self.dtype)
        self.segments = [layout.segment(self.grad, i) for i in range(layout.layers)]
        self._pieces = [
            Piece(at, self.step[at], self.theta[at], self.grad[at], self._scratch[at])
            for at in (slice(i, i + PIECE) for i in range(0, layout.parameters, PIECE))
        ]
        self._tapes: dict[int, Tape] = {}

    @property
    def prepared(self) -> bool:
        """Whether a turn can be made without a wait."""
        return True

    def prepare(
        self,
        progress: Callable[[float], None] = lambda share: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Have the code of a turn at hand; `progress` is told the share that is done."""

    def tape(self, rows: int) -> Tape:
        """The tape for batches of `rows` rows, recorded at first use.

        A run needs two (whole and last batch); after live changes of the batch size the oldest
        is dropped.
        """
        if rows not in self._tapes:
            if len(self._tapes) >= 4:
                del self._tapes[next(iter(self._tapes))]
            self._tapes[rows] = self._record(rows)
        return self._tapes[rows]

    def _record(self, rows: int) -> Tape:
        return Tape(self, rows)

    def forget_tapes(self, structure: Structure) -> None:
        """Take a structure that differs in loss or dropout alone; tapes are recorded anew."""
        self.structure = structure
        self.loss = LOSSES[structure.loss]
        self._tapes.clear()

    def load(self, tape: Tape, rows: Array, x: Array, y: Array, weight: Array | None) -> None:
        """Gather a batch of inputs (n, inputs + 1), targets (n, outputs) and weights (n,)."""
        x.take(rows, 0, tape.x, "clip")
        y.take(rows, 0, tape.y, "clip")
        if weight is not None:
            weight.take(rows, 0, tape.vote, "clip")
            np.divide(tape.vote, np.add.reduce(tape.vote), out=tape.vote)

    def loss_of(self, tape: Tape) -> float:
        """The batch's loss, once it is measured: the samples' mean by vote."""
        return float(tape.vote.dot(tape.price))

    def add_penalty(self, l1: float, l2: float) -> None:
        """Write the penalty's gradient into ``penalty_grad`` and add it to ``grad``."""
        np.multiply(self.theta, l2, out=self.penalty_grad)
        if l1:
            np.sign(self.theta, out=self._scratch)
            np.multiply(self._scratch, l1, out=self._scratch)
            np.add(self.penalty_grad, self._scratch, out=self.penalty_grad)
        np.multiply(self.penalty_grad, self._is_weight, out=self.penalty_grad)
        np.add(self.grad, self.penalty_grad, out=self.grad)

    def norms(self, out: Array) -> float:
        """Each layer's squared gradient norm into `out` (layers,); their sum."""
        for i, segment in enumerate(self.segments):
            out[i] = segment.dot(segment)
        return float(out.sum())

    def clip(self, squared_norm: float, limit: float) -> float:
        """Scale the gradient by min(1, limit / (norm + 1e-6)), as PyTorch does; the factor."""
        factor = min(1.0, limit / (sqrt(squared_norm) + 1e-6))
        if factor < 1.0:
            np.multiply(self.grad, factor, out=self.grad)
        return factor

    def apply(self, name: str, numbers: OptimizerSettings, rate: float, t: int) -> float:
        """The optimizer's step into ``step``, then theta + step into theta.

        Large vectors are worked through in pieces that stay in the processor's cache.

        Returns
        -------
        float
            The step's squared norm.
        """
        optimizer, slots, moved = OPTIMIZERS[name].step, self.slots, 0.0
        for piece in self._pieces:
            at, step, theta, _, _ = piece
            optimizer(piece, slots[:, at], numbers, rate, t)
            np.add(theta, step, theta)
            moved += float(step.dot(step))
        return moved

    def ratio(self) -> float:
        """The last step's norm over the parameters'; NaN where these are all 0."""
        with np.errstate(over="ignore"):
            norm, moved = float(np.linalg.norm(self.theta)), float(np.linalg.norm(self.step))
        return moved / norm if norm else float("nan")

    def look(
        self, x: Array, y: Array, weight: Array | None, labels: Array, rows: Array, spread: float
    ) -> tuple[float, float, Array] | None:
        """Loss, accuracy or R², and scores of some rows in arithmetic of its own; None: numpy's."""
        return None

    def penalty(self, l1: float, l2: float) -> float:
        """l1 x sum |w| + 0.5 x l2 x sum w^2 over the weights, not the biases."""
        w = self.theta.astype(np.float64) * self.structure.layout.is_weight
        return float(l1 * np.abs(w).sum() + 0.5 * l2 * w.dot(w))

    def activations(self, x: Array, theta: Array | None = None) -> list[Array]:
        """Every layer's output without dropout, each (rows, units); the last are the scores.

        `x` has shape (rows, inputs). `theta` defaults to the kernel's own; its dtype decides the
        arithmetic's. Nothing of the kernel is changed.
        """
        layout = self.structure.layout
        theta = self.theta if theta is None else theta
        a, found = np.ascontiguousarray(x.T, theta.dtype), []
        for i in range(layout.layers):
            z = layout.weight(theta, i).T.dot(a)
            z += layout.bias(theta, i)[:, None]
            if i < layout.layers - 1:
                a = np.empty_like(z)
                ACTIVATIONS[self.structure.activations[i]].forward(z, a, np.empty_like(z))
            else:
                a = z
            found.append(a.T)
        return found
