"""The compiled kernel: the numpy kernel's buffers and stages, worked by compiled functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from types import ModuleType
from typing import Any

import numpy as np

from core.network.compiled.codes import ACTIVATION_CODES, LOSS_CODES, OPTIMIZER_CODES
from core.network.compiled.shapes import Code, Data, Net, Rules, Work
from core.network.compiled.warm import is_warm, warm
from core.network.kernel import NumpyKernel, Op, Structure, Tape
from core.settings import OptimizerSettings

Array = np.ndarray
LOOK_ROWS = 256


class CompiledTape(Tape):
    """Views of the kernel's buffers for one number of rows, and its compiled stages as calls."""

    def __init__(self, kernel: CompiledKernel, rows: int) -> None:
        layout, work, dropout = kernel.structure.layout, kernel.work, kernel.structure.dropout > 0
        sizes, self.rows = layout.sizes, rows
        outputs, hidden = sizes[-1], sizes[1:-1]
        self.x = work.x[: rows * (sizes[0] + 1)].reshape(rows, sizes[0] + 1)
        self.y = work.y[: rows * outputs].reshape(rows, outputs)
        self.vote, self.price = work.vote[:rows], work.price[:rows]
        self.vote[:] = 1.0 / rows
        self.z = _by_layer(work.z, sizes[1:], rows)
        self.delta = _by_layer(work.delta, sizes[1:], rows)
        self.a = _by_layer(work.a, [n + 1 for n in hidden], rows)
        self.mask = _by_layer(work.mask, hidden, rows) if dropout else []
        self.draws = [np.empty((n, rows)) for n in hidden] if dropout else []
        self.hidden = _by_layer(work.hidden, hidden, rows) if dropout else [a[:-1] for a in self.a]
        layers = range(layout.layers)
        self.forward: list[list[Op]] = [[partial(kernel.forward, i, rows)] for i in layers]
        self.backward: list[list[Op]] = [[partial(kernel.backward, i, rows)] for i in layers]
        self.measure: list[Op] = [partial(kernel.measure, rows)]


def fixed(array: Array, dtype: Any = None) -> Array:
    """A read-only, contiguous view of an array: compiled code is made for one kind of array."""
    view = np.ascontiguousarray(array, dtype).view()
    view.flags.writeable = False
    return view


def _by_layer(flat: Array, units: Any, rows: int) -> list[Array]:
    found, at = [], 0
    for n in units:
        found.append(flat[at : at + n * rows].reshape(n, rows))
        at += n * rows
    return found


class CompiledKernel(NumpyKernel):
    """The same stages as the numpy kernel's, in compiled code, and flights of many turns.

    numba is imported, and the code loaded or compiled, at the first stage: see `load`.
    """

    name = "compiled"
    releases_lock = True

    def __init__(self, structure: Structure) -> None:
        super().__init__(structure)
        layout, sizes = structure.layout, np.array(structure.layout.sizes)
        self._sizes = sizes
        self._codes = np.array([ACTIVATION_CODES[n] for n in structure.activations], np.int64)
        self._offsets = np.array(layout.offsets)
        self._units = np.r_[0, np.cumsum(sizes[1:])]
        self._outs = np.r_[0, np.cumsum(sizes[1:-1] + 1)]
        self._norms = np.zeros(layout.layers, self.dtype)
        self._moved = np.zeros(1)
        self._rules = Rules(LOSS_CODES[structure.loss], structure.delta, 0.0, 0.0, 0, 0.0, 0.0,
                            0.0, 0.0, 0.0, 0.0, structure.dropout)  # fmt: skip
        self._loss = 0.0
        self.work = self._buffers(1, structure.dropout > 0)

    # -- what compiled functions are given -------------------------------------------------------

    @property
    def net(self) -> Net:
        """Shape and flat vectors, as they are now."""
        return self.net_on(_addresses(self.dtype.name))

    def net_on(self, code: Code) -> Net:
        """The same, on the machine code at some addresses."""
        return Net(self._sizes, self._codes, self._offsets, self._units, self._outs, self.theta,
                   self.grad, self.penalty_grad, self.step, self.slots, self._is_weight,
                   self._norms, self._moved, code)  # fmt: skip

    def rules(self, o: OptimizerSettings, l1: float, l2: float) -> Rules:
        """The settings of loss and optimizer that are in force."""
        s = self.structure
        return Rules(LOSS_CODES[s.loss], s.delta, l1, l2, OPTIMIZER_CODES[o.name], o.momentum,
                     o.beta1, o.effective_beta2, o.effective_epsilon, o.weight_decay,
                     o.clip_norm or 0.0, s.dropout)  # fmt: skip

    def _buffers(self, rows: int, dropout: bool) -> Work:
        sizes, units = self._sizes, int(self._units[-1]) * rows
        hidden = int(self._units[-2]) * rows if dropout else 0

        def made(n: int) -> Array:
            return np.zeros(int(n), self.dtype)

        return Work(made(rows * (sizes[0] + 1)), made(rows * sizes[-1]), made(rows), made(rows),
                    made(units), made(units), made(hidden), made(self._outs[-1] * rows),
                    made(hidden))  # fmt: skip

    @cached_property
    def looking(self) -> Work:
        """Buffers for looking at whole parts of the data."""
        return self._buffers(LOOK_ROWS, dropout=False)

    @property
    def prepared(self) -> bool:
        """Whether a turn can be made without a wait."""
        return is_warm(self.dtype.name)

    def prepare(
        self,
        progress: Callable[[float], None] = lambda share: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Have the code of a turn at hand; `progress` is told the share that is done."""
        warm(self.dtype.name, progress, stop)

    # -- the stages ------------------------------------------------------------------------------

    def tape(self, rows: int) -> Tape:
        """Buffers and calls for batches of `rows` rows; all batches share the same memory."""
        if rows > len(self.work.price):
            self.work = self._buffers(rows, self.structure.dropout > 0)
            self._tapes.clear()
        return super().tape(rows)

    def _record(self, rows: int) -> Tape:
        return CompiledTape(self, rows)

    def forget_tapes(self, structure: Structure) -> None:
        """Take a structure that differs in loss or dropout alone; buffers are made anew."""
        super().forget_tapes(structure)
        self._rules = self._rules._replace(
            loss=LOSS_CODES[structure.loss], huber=structure.delta, dropout=structure.dropout
        )
        self.work = self._buffers(len(self.work.price), structure.dropout > 0)

    def load(self, tape: Tape, rows: Array, x: Array, y: Array, weight: Array | None) -> None:
        """Gather a batch of inputs (n, inputs + 1), targets (n, outputs) and weights (n,)."""
        samples = self.samples(x, y, weight, rows)[:3]
        _turn().load(self.net, self.work, *samples, fixed(rows))

    def samples(
        self, x: Array, y: Array, weight: Array | None, labels: Array
    ) -> tuple[Array, Array, Array, Array]:
        """Data as compiled code takes them; no weights where all samples count the same."""
        weights = np.zeros(0, self.dtype) if weight is None else weight
        # Rows are copied byte by byte, so the numbers must be the kernel's.
        x, y, weights = (fixed(array, self.dtype) for array in (x, y, weights))
        return x, y, weights, fixed(labels, np.int64)

    def look(
        self, x: Array, y: Array, weight: Array | None, labels: Array, rows: Array, spread: float
    ) -> tuple[float, float, Array]:
        """Loss, accuracy or R², and scores (rows, outputs) of some rows, without dropout."""
        from core.network.compiled.flight import look

        samples, part = self.samples(x, y, weight, labels), fixed(rows)
        scores = np.empty((len(rows), y.shape[1]), self.dtype)
        data = Data(*samples, part, part, fixed(np.zeros(2)), scores)
        return (*look(self.net, self.looking, self._rules, data, part, spread), scores)

    @cached_property
    def no_scores(self) -> Array:
        """Where a look is to leave no scores."""
        return np.zeros((0, 0), self.dtype)

    def ratio(self) -> float:
        """The last step's norm over the parameters'; NaN where these are all 0."""
        from core.network.compiled.flight import ratio

        return ratio(self.net)

    def forward(self, layer: int, rows: int) -> None:
        """Stage 2 of one layer."""
        _turn().forward(self.net, self.work, layer, rows)

    def measure(self, rows: int) -> None:
        """Stage 4."""
        self._loss = _turn().measure(self.net, self.work, self._rules, rows)

    def loss_of(self, tape: Tape) -> float:
        """The batch's loss, once it is measured: the samples' mean by vote."""
        return self._loss

    def backward(self, layer: int, rows: int) -> None:
        """Stage 5 of one layer."""
        _turn().backward(self.net, self.work, self._rules, layer, rows)

    def add_penalty(self, l1: float, l2: float) -> None:
        """Write the penalty's gradient into ``penalty_grad`` and add it to ``grad``."""
        _turn().add_penalty(self.net, float(l1), float(l2))

    def norms(self, out: Array) -> float:
        """Each layer's squared gradient norm into `out` (layers,); their sum."""
        total = _turn().norms(self.net)
        out[:] = self._norms
        return total

    def clip(self, squared_norm: float, limit: float) -> float:
        """Scale the gradient by min(1, limit / (norm + 1e-6)), as PyTorch does; the factor."""
        return _turn().clip(self.net, float(squared_norm), float(limit))

    def apply(self, name: str, numbers: OptimizerSettings, rate: float, t: int) -> float:
        """The optimizer's step into ``step``, then theta + step into theta; its squared norm."""
        return _turn().apply(self.net, self.rules(numbers, 0.0, 0.0), float(rate), t, True)


def _addresses(dtype: str) -> Code:
    from core.network.compiled.calls import code

    return code(dtype)


def _turn() -> ModuleType:
    # Imported at the first turn: numba takes half a second.
    from core.network.compiled import turn

    return turn
