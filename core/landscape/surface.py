"""The training loss as a function of all parameters, computed at many places together."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from core.experiment import Experiment
from core.losses import LossWork
from core.network.activations import ACTIVATIONS
from core.network.kernel import NumpyKernel, Structure
from core.network.layout import Layout
from core.problem import Problem
from core.seeds import stream

Array = np.ndarray
Progress = Callable[[float], object]

ROWS = 2000
# What one piece of work may hold, a few milliseconds' worth: activations, and multiplications.
ACTIVATIONS_TOGETHER = 2**17
PRODUCTS_TOGETHER = 2**26


def nobody(share: float) -> None:
    """The progress callback of those who do not ask."""


class Surface:
    """Data loss and penalty of the training part, without dropout, in float64.

    Used by one thread at a time; what it is made of is only read.

    Parameters
    ----------
    problem : Problem
        With the loss in force.
    layout : Layout
    settings : Experiment
        The settings in force: activations, penalty, and the data seed of the sample.
    rows : ndarray of int, optional
        The rows to look at, a batch for instance; by default the training part, or where that is
        larger than `ROWS` a fixed, seeded sample of so many.

    Attributes
    ----------
    rows : ndarray of int
    sampled : bool
        Whether a sample stands for the training part.
    """

    def __init__(
        self,
        problem: Problem,
        layout: Layout,
        settings: Experiment,
        rows: Array | None = None,
    ) -> None:
        train = problem.parts.train
        self.sampled = rows is None and len(train) > ROWS
        if rows is None:
            rows = train
        if self.sampled:
            rng = stream(settings.data_seed, "landscape rows")
            rows = np.sort(rng.choice(train, ROWS, replace=False))
        self.rows, self.layout, self.loss, self.delta = rows, layout, problem.loss, problem.delta
        name, hidden = settings.model.activation, layout.layers - 1
        self.activations = (name,) * hidden if isinstance(name, str) else tuple(name)
        self.l1, self.l2 = settings.loss.l1, settings.loss.l2
        self._x = np.ascontiguousarray(problem.inputs(rows).T, np.float64)
        self._y = np.ascontiguousarray(problem.y[rows].T, np.float64)
        weight = np.ones(len(rows)) if problem.weight is None else problem.weight[rows]
        weight = weight.astype(np.float64)
        self._vote = weight / weight.sum()
        each = min(
            ACTIVATIONS_TOGETHER // sum(layout.sizes[1:]),
            PRODUCTS_TOGETHER // layout.parameters,
        )
        self._chunk = max(1, min(each, len(rows)))
        self._together = max(1, each // self._chunk)

    @property
    def parameters(self) -> int:
        return self.layout.parameters

    def at(self, theta: Array) -> float:
        """The objective, data loss and penalty together, at some parameters (parameters,)."""
        origin = np.asarray(theta, np.float64)
        return float(self.losses(origin, np.zeros((0, len(origin))), np.zeros((1, 0)))[0])

    def losses(
        self, origin: Array, directions: Array, steps: Array, progress: Progress = nobody
    ) -> Array:
        """The objective at ``origin + steps @ directions``.

        Parameters
        ----------
        origin : ndarray of shape (parameters,), float64
        directions : ndarray of shape (d, parameters)
        steps : ndarray of shape (n, d)
        progress : callable
            Told every few milliseconds which share is done; what it raises ends the work.

        Returns
        -------
        ndarray of shape (n,)
            Not finite where the network's numbers are not.
        """
        found = np.empty(len(steps))
        pieces = range(0, len(self.rows), self._chunk)
        every = -(-len(steps) // self._together) * len(pieces)
        done = 0
        with np.errstate(all="ignore"):
            for first in range(0, len(steps), self._together):
                thetas = origin + steps[first : first + self._together] @ directions
                total = self._penalty(thetas)
                for start in pieces:
                    total += self._data(thetas, slice(start, start + self._chunk))
                    done += 1
                    progress(done / every)
                found[first : first + self._together] = total
        return found

    def _penalty(self, thetas: Array) -> Array:
        """l1 x sum |w| + 0.5 x l2 x sum w^2 over the weights, for each row of (k, parameters)."""
        total = np.zeros(len(thetas))
        if self.l1 or self.l2:
            w = thetas * self.layout.is_weight
            total += self.l1 * np.abs(w).sum(axis=1)
            total += 0.5 * self.l2 * np.einsum("kp,kp->k", w, w)
        return total

    def _data(self, thetas: Array, at: slice) -> Array:
        """What some of the samples add to the mean loss, for each row of (k, parameters)."""
        k, layout = len(thetas), self.layout
        x, y = self._x[:, at], self._y[:, at]
        rows, a = x.shape[1], x
        for i in range(layout.layers):
            inputs, outputs = layout.sizes[i], layout.sizes[i + 1]
            segment = thetas[:, layout.offsets[i] : layout.offsets[i + 1]]
            matrix = segment.reshape(k, inputs + 1, outputs).transpose(0, 2, 1)
            if i == 0:
                # All places see the same inputs, so that they share one large product.
                flat = matrix[:, :, :-1].reshape(k * outputs, inputs)
                z = (flat @ a).reshape(k, outputs, rows)
            else:
                z = np.matmul(matrix[:, :, :-1], a)
            z += matrix[:, :, -1:]
            if i < layout.layers - 1:
                a = np.empty_like(z)
                ACTIVATIONS[self.activations[i]].forward(z, a, np.empty_like(z))
        scores = np.ascontiguousarray(z.transpose(1, 0, 2)).reshape(layout.sizes[-1], k * rows)
        work = LossWork(layout.sizes[-1], k * rows, scores.dtype, self.delta)
        price = np.empty(k * rows)
        self.loss.forward(scores, np.tile(y, k), price, np.empty_like(work.b), work)
        return price.reshape(k, rows) @ self._vote[at]

    @cached_property
    def _kernel(self) -> NumpyKernel:
        return NumpyKernel(
            Structure(self.layout, self.activations, self.loss.name, self.delta, 0.0, "float64")
        )

    def gradient(self, theta: Array, progress: Progress = nobody) -> Array:
        """The objective's gradient (parameters,) by backpropagation, penalty included."""
        kernel = self._kernel
        kernel.theta[:] = theta
        total = np.zeros(self.parameters)
        with np.errstate(all="ignore"):
            for start in range(0, len(self.rows), self._chunk):
                at = slice(start, start + self._chunk)
                tape = kernel.tape(len(self.rows[at]))
                tape.x[:, :-1], tape.y[:] = self._x[:, at].T, self._y[:, at].T
                tape.vote[:] = self._vote[at]
                for op in tape.turn:
                    op()
                total += kernel.grad
                progress(min(1.0, at.stop / len(self.rows)))
            kernel.grad[:] = total
            if self.l1 or self.l2:
                kernel.add_penalty(self.l1, self.l2)
        return kernel.grad.copy()
