"""The network family: a dense network trained by backpropagation, in two gears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isfinite

import numpy as np

from core.errors import InputError
from core.experiment import Change, Experiment, weight_place
from core.metrics import predicted_classes
from core.network.choice import KERNELS, choose, forgo
from core.network.compiled.warm import UnavailableError
from core.network.kernel import Structure, Tape
from core.network.layout import Layout
from core.network.memory import require_memory
from core.optimizers import OPTIMIZERS
from core.problem import Problem
from core.record import NonFiniteError, TurnRecord, frozen
from core.schedules import SCHEDULES
from core.seeds import stream
from core.stages import Stage


class NetworkLearner:
    """A network, its optimizer and the batch in hand.

    The loop decides which rows come when; the learner does the arithmetic of a turn.

    Attributes
    ----------
    hopeless : bool
        Whether the kernel that the settings ask for by name has turned out not to work.

    Raises
    ------
    InputError
        If the network does not fit this machine's memory.
    """

    def __init__(self, experiment: Experiment, problem: Problem) -> None:
        self.seed = experiment.seed
        model = experiment.model
        hidden = tuple(model.hidden)
        names = (
            (model.activation,) * len(hidden)
            if isinstance(model.activation, str)
            else tuple(model.activation)
        )
        self.layout = Layout((problem.features, *hidden, problem.outputs))
        dtype = np.dtype(model.dtype)
        slots = len(OPTIMIZERS[experiment.optimizer.name].slots)
        batch = min(experiment.optimizer.batch_size, len(problem.parts.train))
        require_memory(self.layout, slots, batch, dtype)
        structure = Structure(
            self.layout, names, problem.loss.name, problem.delta, model.dropout, model.dtype
        )
        self.choice = choose(model.kernel, structure)
        self.kernel = KERNELS[self.choice.kernel](structure)
        self.kernel.theta[:] = self.layout.initial(model.initializer, experiment.seed, dtype)
        self.hopeless = False
        self.count = 0
        self._dropout: tuple[int, int, np.random.Generator] | None = None
        self._norms, self._norm = np.zeros(self.layout.layers, dtype), 0.0
        self.settings = experiment
        self.problem = problem
        self._empty_memory()

    # -- the kernel ------------------------------------------------------------------------------

    def prepare(
        self,
        progress: Callable[[float], None] = lambda share: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Have the code of a turn at hand; `progress` is told the share that is done.

        Where the compiled kernel turns out not to work, the numpy kernel takes its place.

        Raises
        ------
        InputError
            If it does not work and the settings ask for it by name.
        """
        if self.kernel.prepared:
            return
        try:
            self.kernel.prepare(progress, stop)
        except UnavailableError as error:
            self.hopeless = True  # until another kernel stands in its place
            forgo(error)
            old = self.kernel
            self.choice = choose(self.settings.model.kernel, old.structure)
            self.kernel = KERNELS[self.choice.kernel](old.structure)
            self.kernel.theta[:], self.kernel.slots = old.theta, old.slots
            self.hopeless = False

    # -- state ---------------------------------------------------------------------------------

    @property
    def parameters(self) -> int:
        return self.layout.parameters

    @property
    def state_bytes(self) -> int:
        """Size of what `state` returns."""
        return self.kernel.theta.nbytes + self.kernel.slots.nbytes

    def state(self) -> tuple:
        """A copy of everything that later updates depend on."""
        return self.kernel.theta.copy(), self.kernel.slots.copy(), self.count

    def restore(self, state: tuple, settings: Experiment) -> None:
        """Go back to a state, with the settings in force there."""
        theta, slots, count = state
        self.change_settings(settings, keep_memory=True)
        self.kernel.theta[:] = theta
        self.kernel.slots = slots.copy()
        self.count = count

    def _empty_memory(self) -> None:
        slots = len(OPTIMIZERS[self.settings.optimizer.name].slots)
        self.kernel.slots = np.zeros((slots, self.parameters), self.kernel.dtype)
        self.count = 0

    def change_settings(self, settings: Experiment, keep_memory: bool = False) -> None:
        """Take live settings; a new optimizer begins with an empty memory."""
        old, self.settings = self.settings, settings
        if settings.optimizer.name != old.optimizer.name and not keep_memory:
            self._empty_memory()
        if settings.loss != old.loss or settings.model.dropout != old.model.dropout:
            self.problem = self.problem.with_loss(settings.loss)
            self.kernel.forget_tapes(
                replace(
                    self.kernel.structure,
                    loss=self.problem.loss.name,
                    delta=settings.loss.delta,
                    dropout=settings.model.dropout,
                )
            )

    def set_parameter(self, kind: str, layer: int, at: tuple[int, ...], value: float) -> None:
        """Write one weight or bias."""
        self.kernel.theta[self.layout.index(kind, layer, at)] = value

    @property
    def is_finite(self) -> bool:
        """Whether every parameter is a finite number."""
        return bool(np.isfinite(self.kernel.theta).all())

    def rate(self, epoch: int) -> float:
        """The learning rate in an epoch."""
        o = self.settings.optimizer
        assert o.learning_rate is not None
        return float(o.learning_rate * SCHEDULES[o.schedule].at(epoch, o))

    def require_possible(self, event: Change, settings: Experiment) -> None:
        """Refuse an event that data or network cannot take, `settings` being in force then.

        Raises
        ------
        InputError
            If the loss does not fit the target or the outputs, there is no such parameter, or its
            value is not finite in the run's number format.
        """
        place = weight_place(event.field)
        if place:
            self.layout.index(*place)
            if abs(event.value) > float(np.finfo(self.kernel.dtype).max):
                raise InputError(
                    f"too large for {self.kernel.dtype}",
                    field=event.field,
                    value=event.value,
                    allowed=f"up to {np.finfo(self.kernel.dtype).max:.3g}",
                )
        elif event.field.startswith("loss."):
            outputs = self.problem.with_loss(settings.loss).outputs
            if outputs != self.problem.outputs:
                raise InputError(
                    f"would change the number of outputs from {self.problem.outputs} to {outputs},"
                    " which takes a new run",
                    field=event.field,
                    value=event.value,
                )

    # -- the slow gear -------------------------------------------------------------------------

    def _load(self, rows: np.ndarray, epoch: int, place: int) -> Tape:
        tape, problem = self.kernel.tape(len(rows)), self.problem
        self.kernel.load(tape, rows, problem.x, problem.y, problem.weight)
        if tape.mask:
            self._draw_masks(tape, epoch, place)
        return tape

    def _draw_masks(self, tape: Tape, epoch: int, place: int) -> None:
        """Dropout's masks depend on seed, epoch and place in it alone, whatever came before."""
        if self._dropout is None or self._dropout[:2] != (epoch, place):
            rng = self.dropout_stream(epoch, place)
        else:
            rng = self._dropout[2]
        p = self.settings.model.dropout
        for mask, draws in zip(tape.mask, tape.draws, strict=True):
            rng.random(out=draws)
            np.greater_equal(draws, p, out=mask)
            np.multiply(mask, 1.0 / (1.0 - p), out=mask)
        self._dropout = (epoch, place + tape.rows, rng)

    def dropout_stream(self, epoch: int, place: int) -> np.random.Generator:
        """The stream that masks are drawn from, at a place of an epoch."""
        rng = stream(self.seed, "dropout", epoch)
        rng.bit_generator.advance(place * sum(self.layout.sizes[1:-1]))  # type: ignore[attr-defined]  # PCG64 has it
        return rng

    def begin(self, turn: int, rows: np.ndarray, epoch: int, place: int) -> TurnRecord:
        """Stage 1: take the batch."""
        self.prepare()
        tape, kernel = self._load(rows, epoch, place), self.kernel
        return TurnRecord(
            turn=turn,
            epoch=epoch,
            place=place,
            size=len(self.problem.parts.train),
            layout=self.layout,
            settings=self.settings,
            done=Stage.REPRESENT,
            rows=frozen(rows),
            x=frozen(tape.x[:, :-1]),
            y=frozen(tape.y),
            vote=frozen(tape.vote),
            theta=frozen(kernel.theta),
            slots=frozen(kernel.slots),
            count=self.count,
            mask=tuple(frozen(m, transpose=True) for m in tape.mask),
        )

    def transform(self, record: TurnRecord, layer: int) -> TurnRecord:
        """Stage 2: one layer forward; the stage is done with the last."""
        tape = self.kernel.tape(len(record.rows))
        for op in tape.forward[layer]:
            op()
        last = layer == self.layout.layers - 1
        z = frozen(tape.z[layer], transpose=True)
        hidden = z if last else frozen(tape.hidden[layer], transpose=True)
        a = z if last else frozen(tape.a[layer][:-1], transpose=True)
        record = record.with_stage(
            Stage.TRANSFORM if last else record.done,
            z=(*record.z, z),
            hidden=(*record.hidden, hidden),
            a=(*record.a, a),
        )
        # What goes on decides, as in the fast gear: tanh forgives an infinite z, and hinge an
        # infinite score that is right.
        goes_on = a
        if last and not np.isfinite(z).all():
            for op in tape.measure:
                op()
            goes_on = tape.price
        if not np.isfinite(goes_on).all():
            self._require_finite(f"z of layer {layer + 1}", Stage.TRANSFORM, z, record)
            self._require_finite(f"a of layer {layer + 1}", Stage.TRANSFORM, a, record)
        return record

    def predict(self, record: TurnRecord) -> TurnRecord:
        """Stage 3: classes, or numbers in the target's own units."""
        if self.problem.classes:
            guess = predicted_classes(record.scores)
        else:
            guess = self.problem.representation.inverse_target(record.scores[:, 0])
        return record.with_stage(Stage.PREDICT, prediction=frozen(guess))

    def measure(self, record: TurnRecord) -> TurnRecord:
        """Stage 4: each sample's loss, the batch's, and the penalty."""
        tape, loss = self.kernel.tape(len(record.rows)), self.settings.loss
        for op in tape.measure:
            op()
        record = record.with_stage(
            Stage.LOSS,
            price=frozen(tape.price),
            loss=self.kernel.loss_of(tape),
            penalty=self.kernel.penalty(loss.l1, loss.l2) if loss.l1 or loss.l2 else 0.0,
        )
        self._require_finite("the loss", Stage.LOSS, tape.price, record)
        return record

    def gradients(self, record: TurnRecord) -> TurnRecord:
        """Stage 5: the gradient of data loss and penalty, from one backward pass."""
        kernel, loss = self.kernel, self.settings.loss
        tape = kernel.tape(len(record.rows))
        for ops in reversed(tape.backward):
            for op in ops:
                op()
        data = frozen(kernel.grad)
        if loss.l1 or loss.l2:
            kernel.add_penalty(loss.l1, loss.l2)
            penalty = frozen(kernel.penalty_grad)
        else:
            penalty = frozen(np.zeros_like(kernel.grad))
        self._norm = kernel.norms(self._norms)
        record = record.with_stage(
            Stage.GRADIENTS,
            delta=tuple(frozen(d, transpose=True) for d in tape.delta),
            gradient=data,
            penalty_gradient=penalty,
            gradient_norm=float(np.sqrt(self._norms.sum(dtype=np.float64))),
        )
        self._require_finite("the gradient", Stage.GRADIENTS, kernel.grad, record)
        return record

    def update(self, record: TurnRecord, row: np.ndarray) -> TurnRecord:
        """Stage 7: clip, then step; what the history keeps of the turn goes into `row`."""
        kernel, o = self.kernel, self.settings.optimizer
        row[0] = record.loss
        row[1:-1] = self._norms
        factor = 1.0
        if o.clip_norm is not None:
            factor = kernel.clip(self._norm, o.clip_norm)
        self.count += 1
        rate = self.rate(record.epoch)
        row[-1] = kernel.apply(o.name, o, rate, self.count)
        record = record.with_stage(
            Stage.UPDATE,
            clip_factor=factor,
            rate=rate,
            step=frozen(kernel.step),
            theta_after=frozen(kernel.theta),
            slots_after=frozen(kernel.slots),
        )
        self._require_finite("the weights", Stage.UPDATE, kernel.theta, record)
        return record

    @staticmethod
    def _require_finite(tensor: str, stage: Stage, array: np.ndarray, record: TurnRecord) -> None:
        if not np.isfinite(array).all():
            raise NonFiniteError(tensor, stage, array, record)

    # -- the fast gear -------------------------------------------------------------------------

    def run(
        self,
        order: np.ndarray,
        place: int,
        epoch: int,
        block: np.ndarray,
        stop: Callable[[], bool],
    ) -> int:
        """Up to ``len(block)`` updates within the epoch, nothing kept but the block's rows.

        Parameters
        ----------
        order : ndarray of int
            The epoch's rows; `place` of them are done.
        block : ndarray of shape (updates, layers + 2)
            Filled with batch loss, squared gradient norm by layer, squared step norm.
        stop : callable
            Looked at before each update.

        Returns
        -------
        int
            How many updates were made. The last one may have met a number that is not finite;
            then its row is not finite either.
        """
        kernel, o, l1, l2 = (
            self.kernel,
            self.settings.optimizer,
            self.settings.loss.l1,
            self.settings.loss.l2,
        )
        size, clip, rate = o.batch_size, o.clip_norm, self.rate(epoch)
        apply, name = kernel.apply, o.name
        norms, penalized, end = self._norms, bool(l1 or l2), len(order)
        for done, row in enumerate(block):
            if place >= end or stop():
                return done
            rows = order[place : place + size]
            tape = self._load(rows, epoch, place)
            place += tape.rows
            for op in tape.turn:
                op()
            loss = kernel.loss_of(tape)
            if penalized:
                kernel.add_penalty(l1, l2)
            total = kernel.norms(norms)
            row[0] = loss
            row[1:-1] = norms
            if clip is not None:
                kernel.clip(total, clip)
            self.count += 1
            row[-1] = moved = apply(name, o, rate, self.count)
            if not (isfinite(loss) and isfinite(moved)):
                return done + 1
        return len(block)

    # -- looking -------------------------------------------------------------------------------

    def scores(self, x: np.ndarray, theta: np.ndarray | None = None) -> np.ndarray:
        """Scores (rows, outputs) of represented inputs (rows, features), without dropout."""
        return self.kernel.activations(x, theta)[-1]
