"""The fast gear: many turns with nothing kept but the history; one way for each kernel."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from core.batches import BatchOrder, Cursor, with_check
from core.checkpoints import Checkpoint, Checkpoints
from core.checks import CHECK_EVERY, Examiner
from core.experiment import Experiment
from core.history import Curves
from core.network.compiled.kernel import CompiledKernel, fixed
from core.network.compiled.shapes import Data, Plan
from core.seeds import stream, words
from core.stages import Stage

if TYPE_CHECKING:
    from core.learners.network import NetworkLearner
    from core.problem import Problem
    from core.record import TurnRecord

BLOCK = 256
LONGEST = 4096  # updates
FLIGHT_SECONDS = 0.004
FAR_SECONDS = 0.032  # where nobody looks between flights
SAVED_BYTES = 4 * 2**20
DRAWS = 2**19


class Stop:
    """Asks turns that are being made to end, from any thread.

    Attributes
    ----------
    flag : ndarray of uint8, shape (1,)
        Looked at before every update, without the interpreter.
    """

    def __init__(self) -> None:
        self.flag = np.zeros(1, np.uint8)

    def __call__(self) -> bool:
        return bool(self.flag[0])

    def set(self) -> None:
        """Have them end."""
        self.flag[0] = 1

    def clear(self) -> None:
        """Let them be made."""
        self.flag[0] = 0

    def or_when(self, over: Callable[[], bool]) -> Stop:
        """The same, but also asked for whenever `over`, which is looked at between flights."""
        return _StopWhen(self, over)


class _StopWhen(Stop):
    def __init__(self, stop: Stop, over: Callable[[], bool]) -> None:
        self.flag, self._over = stop.flag, over

    def __call__(self) -> bool:
        return super().__call__() or self._over()


NEVER = Stop()


@cache
def _shuffles_as_numpy() -> bool:
    """Whether compiled code draws the orders that this version of numpy draws."""
    from core.network.compiled.calls import shuffled

    rows = np.arange(100)
    order = stream(1, "shuffle", 1).permutation(rows)
    return np.array_equal(shuffled(words(1, "shuffle"), 1, rows), order)


class FastGear:
    """The part of a loop that makes many turns at a time; see `core.turns.Turns`."""

    learner: NetworkLearner
    examiner: Examiner
    experiment: Experiment
    updates: Curves
    checks: Curves
    checkpoints: Checkpoints
    record: TurnRecord | None
    previous: TurnRecord | None
    head: int
    _order: BatchOrder
    _cursor: Cursor
    _stage: Stage
    _layer: int
    _data: tuple[Problem, Data] | None = None
    _buffer: np.ndarray | None = None
    _held: tuple[int, bool] | None = None
    _stretch = 64

    if TYPE_CHECKING:  # the rest of the loop

        @property
        def settings(self) -> Experiment: ...

        def _due(self) -> bool: ...

        def _check(self) -> None: ...

        def _iterate(self, rows: int, updates: int) -> None: ...

        def _finish_turn(self, begin: bool = False) -> None: ...

        def _go_to(self, update: int) -> None: ...

        def _apply_events(self) -> None: ...

    @cached_property
    def _block(self) -> np.ndarray:
        rows = LONGEST if isinstance(self.learner.kernel, CompiledKernel) else BLOCK
        return np.zeros((rows, len(self.updates.names)), self.learner.kernel.dtype)

    def _fast(
        self, updates: int, stop: Callable[[], bool] = NEVER, one_check: bool = False
    ) -> None:
        """Updates in the fast gear, up to the next thing that only the loop knows of."""
        self.learner.prepare()
        update, kernel = self._cursor.update, self.learner.kernel
        events = (e.update for e in self.experiment.change if e.update > update)
        limit = min(updates, min(events, default=2**62) - update)
        with np.errstate(all="ignore"):
            if isinstance(kernel, CompiledKernel):
                done, is_fine = self._fly(kernel, limit, stop, one_check)
            else:
                done, is_fine = self._play(limit, stop)
        if not is_fine:
            # Walked in the slow gear, the turn shows its first bad tensor.
            self._go_to(update + done - 1)
            self._finish_turn(begin=True)
        elif done:
            self.record = self.previous = None
            self._stage, self._layer = Stage.ITERATE, 0
            self._remember(self._block[:done])
            if self._due():
                if self._cursor.update > self.checks.last_update:
                    self._check()
                self._cursor = with_check(self._cursor)
            if self._cursor.checked == self._cursor.update:
                self._stage = Stage.EVALUATE
            self._apply_events()

    # -- the numpy kernel ------------------------------------------------------------------------

    def _play(self, limit: int, stop: Callable[[], bool]) -> tuple[int, bool]:
        """Turns up to the next check or state; how many, and whether the last is fine."""
        c, learner = self._cursor, self.learner
        offer = self.checkpoints.next_offer(c.update) - c.update
        block = self._block[: min(limit, BLOCK, offer, c.checked + CHECK_EVERY - c.update)]
        order = self._order.of(c)
        done = learner.run(order, c.place, c.epoch, block, stop)
        if done and not (np.isfinite(block[done - 1, 0]) and learner.is_finite):
            return done, False
        if done:
            rows = min(done * self.settings.optimizer.batch_size, len(order) - c.place)
            self._iterate(rows, done)
        return done, True

    # -- the compiled kernel ---------------------------------------------------------------------

    def _fly(
        self, kernel: CompiledKernel, limit: int, stop: Callable[[], bool], one_check: bool
    ) -> tuple[int, bool]:
        """Turns of some milliseconds, with their checks and states; as `_play`."""
        from core.network.compiled.flight import fly

        c, learner, settings = self._cursor, self.learner, self.settings
        size, loss = settings.optimizer.batch_size, settings.loss
        flag = getattr(stop, "flag", None)
        # What is no flag is asked before every update.
        limit = min(limit, self._stretch) if flag is not None else min(limit, int(not stop()))
        if not limit:
            return 0, True
        limit, draws = self._drawn(kernel, limit)
        limit, save_at = self._offered(limit)
        first, each = (-(-rows // size) for rows in (len(self._order) - c.place, len(self._order)))
        epochs = 1 + max(0, -(-(limit - first) // each))
        shuffle, order = settings.optimizer.shuffle, self._ordered(c)
        if shuffle and (c.epoch + epochs >= 2**32 or not _shuffles_as_numpy()):
            limit, epochs = min(limit, first), 1
        plan = Plan(
            order=fixed(order),
            reordered=order,
            rows=fixed(self._order.rows, np.int64),
            words=self._order.words,
            pool=np.zeros(8, np.uint64),
            epoch=c.epoch,
            shuffle=shuffle,
            rates=np.array([learner.rate(c.epoch + k) for k in range(epochs)]),
            place=c.place,
            size=size,
            limit=limit,
            update=c.update,
            steps=learner.count,
            checked=c.checked,
            known=self.checks.last_update,
            every=CHECK_EVERY,
            one_check=one_check,
            draws=draws,
            flag=NEVER.flag if flag is None else flag,
            block=self._block,
            checks=np.empty((limit, 6)),
            save_at=save_at,
            saved_theta=np.empty((len(save_at), learner.parameters), kernel.dtype),
            saved_slots=np.empty((len(save_at), *kernel.slots.shape), kernel.dtype),
            saved=np.empty((len(save_at), 4), np.int64),
        )
        kernel.tape(min(size, len(self._order)))
        rules = kernel.rules(settings.optimizer, loss.l1, loss.l2)
        found, started = np.zeros(6, np.int64), perf_counter()
        done = fly(kernel.net, kernel.work, kernel.looking, rules, self._flown(kernel), plan, found)
        if done < 0:
            self._held = None
            return -done, False
        if found[5]:
            self._held = c.epoch + int(found[5]), shuffle
        if done:
            took = max(1e-6, perf_counter() - started)
            seconds = FLIGHT_SECONDS if isinstance(stop, _StopWhen) else FAR_SECONDS
            pace = int(seconds / took * done)
            self._stretch = max(1, min(LONGEST, 4 * self._stretch, pace))
            self._land(plan, done, *map(int, found[:5]))
        return done, True

    def _ordered(self, cursor: Cursor) -> np.ndarray:
        """The cursor's epoch in order, in a buffer that flights write the following epochs into."""
        if self._buffer is None:
            self._buffer = np.empty(len(self._order), np.int64)
        if self._held != (cursor.epoch, cursor.shuffled):
            self._buffer[:] = self._order.of(cursor)
            self._held = cursor.epoch, cursor.shuffled
        return self._buffer

    def _land(
        self, plan: Plan, done: int, epochs: int, place: int, checked: int, checks: int, saves: int
    ) -> None:
        """Take over what a flight has left."""
        c, learner, shuffle = self._cursor, self.learner, self.settings.optimizer.shuffle

        def cursor(update: int, epochs: int, place: int, checked: int) -> Cursor:
            shuffled = shuffle if epochs else c.shuffled
            return Cursor(update, c.epoch + epochs, place, checked, shuffled)

        for k in range(saves):
            epoch, at, last, count = map(int, plan.saved[k])
            state = plan.saved_theta[k].copy(), plan.saved_slots[k].copy(), count
            update = int(plan.save_at[k])
            self.checkpoints.save(
                Checkpoint(update, cursor(update, epoch, at, last), state, learner.state_bytes)
            )
        if checks:
            self.checks.append(plan.checks[:checks, 0].astype(np.int64), plan.checks[:checks, 1:])
        learner.count += done
        self._cursor = cursor(c.update + done, epochs, place, checked)

    def _offered(self, limit: int) -> tuple[int, np.ndarray]:
        """The updates ahead whose states are wanted, as many as there is room for.

        Also the updates up to the last of them, where not all have room.
        """
        update, wanted = self._cursor.update, []
        room = max(1, SAVED_BYTES // self.learner.state_bytes)
        at = self.checkpoints.next_offer(update)
        while at <= update + limit:
            if self.checkpoints.wants(at):
                wanted.append(at)
                if len(wanted) == room:
                    limit = at - update
            at = self.checkpoints.next_offer(at)
        return limit, np.array(wanted, np.int64)

    def _drawn(self, kernel: CompiledKernel, limit: int) -> tuple[int, np.ndarray]:
        """Dropout's draws for the turns up to the epoch's end, and how many turns these are."""
        units = sum(kernel.structure.layout.sizes[1:-1])
        if not (kernel.structure.dropout and units):
            return limit, np.zeros(0)
        c, size = self._cursor, self.settings.optimizer.batch_size
        left = len(self._order) - c.place
        limit = min(limit, -(-left // size), max(1, DRAWS // (units * size)))
        rows = min(left, limit * size)
        return limit, self.learner.dropout_stream(c.epoch, c.place).random(rows * units)

    def _flown(self, kernel: CompiledKernel) -> Data:
        """What the flights learn from; made anew when the loss has changed."""
        problem = self.learner.problem
        if self._data is None or self._data[0] is not problem:
            rows = [self.examiner.rows(part) for part in ("train", "validation")]
            spreads = fixed(np.array([problem.spread(part) for part in rows]))
            samples = kernel.samples(problem.x, problem.y, problem.weight, problem.labels)
            parts = fixed(rows[0]), fixed(rows[1])
            self._data = problem, Data(*samples, *parts, spreads, kernel.no_scores)
        return self._data[1]

    # -- history ---------------------------------------------------------------------------------

    def _remember(self, block: np.ndarray) -> None:
        """Write the last turns into the history, those that it does not have yet."""
        update = self._cursor.update
        fresh = min(update - self.head, len(block))
        if fresh <= 0:
            return
        values = block[-fresh:].astype(np.float64)
        values[:, 1:] = np.sqrt(values[:, 1:])
        self.updates.append(np.arange(update - fresh + 1, update + 1), values)
        self.head = update
