"""Flights of many turns: whatever their lengths, the run is the same to the last bit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import cycle, pairwise
from time import monotonic
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core import flights
from core.flights import LONGEST, Stop
from core.loop import LearningLoop
from core.problem import prepare
from core.stages import StepSize
from tests.core.network.building import (
    KERNELS,
    assert_same,
    assert_same_record,
    bits,
    curves,
    dataset,
    drawn,
    drive,
    experiment,
)

pytest.importorskip("numba")

ROWS = 52  # of them 26 for training
LENGTHS = ((1,), (5, 1, 17), (LONGEST,))


class Measured(LearningLoop):
    """A loop whose flights are as long as they are told to be, not as time has it."""

    lengths: Iterator[int]

    @property
    def _stretch(self) -> int:
        return next(self.lengths)

    @_stretch.setter
    def _stretch(self, value: int) -> None:
        assert 1 <= value <= LONGEST


def measured(lengths: tuple[int, ...], data: Any = None, **settings: Any) -> Measured:
    made = experiment(**{"model__kernel": "compiled", "model__hidden": [3],
                         "loss__name": "binary_cross_entropy", "optimizer__batch_size": 8}
                      | settings)  # fmt: skip
    Measured.lengths = cycle(lengths)
    loop = Measured(made, prepare(drawn(ROWS, 2, 2) if data is None else data, made))
    loop.lengths = cycle(lengths)
    return loop


def states(loop: LearningLoop) -> dict[str, Any]:
    """Every saved state, with the loop's counters in it."""
    found: dict[str, Any] = {"updates": [c.update for c in loop.checkpoints.saved]}
    for c in loop.checkpoints.saved:
        theta, slots, count = c.state
        found |= {f"theta {c.update}": theta, f"slots {c.update}": slots,
                  f"count {c.update}": count, f"cursor {c.update}": c.cursor,
                  f"size {c.update}": c.nbytes}  # fmt: skip
    return found


def assert_same_runs(one: LearningLoop, other: LearningLoop) -> None:
    assert_same(bits(one), bits(other))
    assert_same(curves(one), curves(other))
    assert_same(states(one), states(other))
    assert_same_record(one.record, other.record)
    assert one.head == other.head
    assert one._cursor == other._cursor
    assert one.last_check.update == other.last_check.update
    assert one.last_check.train.loss == other.last_check.train.loss
    assert one.last_check.validation.metrics == other.last_check.validation.metrics


# -- any walk, in flights of any length --------------------------------------------------------

LIVE: list[tuple[str, list[Any]]] = [
    ("optimizer.learning_rate", [0.01, 0.1]),
    ("optimizer.batch_size", [3, 7, 26, 90]),
    ("optimizer.name", ["sgd", "nesterov", "adam", "rmsprop"]),
    ("optimizer.schedule", ["constant", "exponential", "cosine"]),
    ("optimizer.shuffle", [True, False]),
    ("optimizer.clip_norm", [None, 0.05]),
    ("loss.name", ["binary_cross_entropy", "hinge"]),
    ("loss.l2", [0.0, 0.01]),
    ("loss.class_weights", [None, [1.0, 3.0]]),
    ("model.dropout", [0.0, 0.3]),
    ("weight_0[1,2]", [0.0, -0.7]),
]
CHANGES = st.sampled_from(LIVE).flatmap(
    lambda pair: st.tuples(st.just(pair[0]), st.sampled_from(pair[1]))
)
ACTIONS = st.one_of(
    st.tuples(st.just("run"), st.integers(0, 300)),
    st.tuples(st.just("step"), st.sampled_from(StepSize)),
    st.tuples(st.just("back"), st.sampled_from(StepSize)),
    st.tuples(st.just("go_to"), st.floats(0, 1)),
    st.tuples(st.just("change"), CHANGES),
)


def act(loop: LearningLoop, name: str, value: Any) -> None:
    if name == "run":
        loop.run(value)
    elif name == "step":
        loop.step(value)
    elif name == "back":
        loop.step_back(value)
    elif name == "go_to":
        loop.go_to(round(value * loop.head))
    else:
        loop.change([value])
    assert loop.failure is None


# Explaining a failure would trace every line, for minutes.
@settings(max_examples=30, phases=set(Phase) - {Phase.explain})
@given(
    actions=st.lists(ACTIONS, min_size=2, max_size=9),
    size=st.sampled_from([1, 8, 13, 40]),
    dropout=st.sampled_from([0.0, 0.4]),
    shuffle=st.booleans(),
    dtype=st.sampled_from(["float64", "float32"]),
)
def test_any_walk_is_the_same_in_flights_of_any_length(
    actions: list[tuple[str, Any]], size: int, dropout: float, shuffle: bool, dtype: str
) -> None:
    begun = {"optimizer__batch_size": size, "model__dropout": dropout, "model__dtype": dtype,
             "optimizer__shuffle": shuffle, "optimizer__learning_rate": 0.05}  # fmt: skip
    short, odd, long = (measured(lengths, **begun) for lengths in LENGTHS)
    numpy = measured((1,), **begun, model__kernel="numpy")
    for name, value in actions:
        for loop in (short, odd, long, numpy):
            act(loop, name, value)
        assert_same_runs(short, long)
        assert_same_runs(odd, long)
        # The other kernel's digits differ; where it stands and what it keeps does not.
        assert (numpy.position, numpy._cursor) == (long.position, long._cursor)
        assert [c.cursor for c in numpy.checkpoints.saved] == [
            c.cursor for c in long.checkpoints.saved
        ]
        for kind in ("updates at", "checks at"):
            assert np.array_equal(curves(numpy)[kind], curves(long)[kind])


CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "adam": {"optimizer__name": "adam", "optimizer__schedule": "exponential"},
    "in order": {"optimizer__shuffle": False, "optimizer__name": "momentum"},
    "dropout": {"model__dropout": 0.5, "model__hidden": [4, 3]},
    "weights": {"loss__class_weights": [1.0, 3.0], "loss__l1": 0.01},
    "batch of 1": {"optimizer__batch_size": 1, "model__dtype": "float32"},
    "one batch": {"optimizer__batch_size": 1000, "optimizer__clip_norm": 0.1},
    "events": {
        "change": [
            {"update": 3, "field": "optimizer.batch_size", "value": 5},
            {"update": 50, "field": "optimizer.shuffle", "value": False},
            {"update": 64, "field": "optimizer.name", "value": "adagrad"},
            {"update": 129, "field": "weight_1[1,0]", "value": 0.5},
            {"update": 200, "field": "model.dropout", "value": 0.2},
        ]
    },
}


@pytest.mark.parametrize("case", CASES)
def test_flights_over_many_epochs_are_the_slow_gears_turns(case: str) -> None:
    slow = measured((1,), **CASES[case])
    drive(slow, 300, StepSize.UPDATE)
    for lengths in LENGTHS:
        fast = measured(lengths, **CASES[case])
        assert fast.run(300) == 300
        assert_same_runs(fast, slow)


def test_a_flight_goes_on_over_epochs_checks_and_states(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.network.compiled import flight

    made, fly = [], flight.fly
    monkeypatch.setattr(flight, "fly", lambda *a: made.append(fly(*a)) or made[-1])
    loop = measured((LONGEST,))
    loop.run(401)
    assert made == [400]
    assert loop.epoch == 100
    assert loop.checks.column("train_loss")[0].tolist() == list(range(0, 401, 4))
    assert {0, 1, 3, 10, 30, 100, 128, 256, 300, 384} <= {c.update for c in loop.checkpoints.saved}


@pytest.mark.parametrize("what", ["SAVED_BYTES", "DRAWS"])
def test_little_room_makes_shorter_flights_of_the_same_turns(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = measured((LONGEST,), model__dropout=0.3)
    whole.run(300)
    monkeypatch.setattr(flights, what, 1)
    parts = measured((LONGEST,), model__dropout=0.3)
    parts.run(300)
    assert_same_runs(whole, parts)


def test_checks_come_every_thousand_updates_of_a_long_epoch() -> None:
    data = drawn(3200, 1, 2)
    expected = [0, 1000, 1600, 2600, 3200]
    loops = [
        measured(lengths, data, optimizer__batch_size=1)
        for lengths in ((1,), (77, 900), (LONGEST,))
    ]
    loops.append(measured((1,), data, optimizer__batch_size=1, model__kernel="numpy"))
    for loop in loops:
        loop.run(3310)
        assert loop.checks.column("train_loss")[0].tolist() == expected
        if loop is not loops[-1]:
            assert_same_runs(loop, loops[0])


def test_the_pace_follows_the_clock() -> None:
    """Flights grow until they take some milliseconds, and are never too long."""
    made = experiment(model__kernel="compiled", model__hidden=[2], loss__name="hinge")
    loop = LearningLoop(made, prepare(drawn(ROWS, 2, 2), made))
    assert loop._stretch == 64
    loop.run(30_000)
    assert 64 < loop._stretch <= LONGEST


# -- what is not finite ------------------------------------------------------------------------


def bad_row(at: int, kernel: str, lengths: tuple[int, ...] = (LONGEST,)) -> Measured:
    """A loop over 40 rows in order, one of which no number format can take."""
    x, y = np.random.default_rng(1).normal(size=(40, 2)), np.linspace(-1, 1, 40)
    x[at, 0] = 1e200
    return measured(lengths, dataset(x, y), loss__name="mse", optimizer__shuffle=False,
                    optimizer__batch_size=6, model__activation="linear", model__kernel=kernel,
                    representation__scaling="none", optimizer__learning_rate=1e-3,
                    evaluation__validation_fraction=0, evaluation__test_fraction=0)  # fmt: skip


@pytest.mark.parametrize("at", [0, 5, 6, 23, 35, 39])
@pytest.mark.parametrize("lengths", LENGTHS)
def test_a_bad_number_is_found_in_the_update_where_it_arises(
    at: int, lengths: tuple[int, ...]
) -> None:
    loop, numpy = bad_row(at, "compiled", lengths), bad_row(at, "numpy")
    turn = at // 6 + 1
    for each in (loop, numpy):
        each.run(100)
        assert each.failure is not None
        assert each.failure.turn == turn
        assert each.update == each.head == max(0, each.updates.last_update) == turn - 1
        assert at in each.failure.record.rows
    assert loop.failure is not None
    assert numpy.failure is not None
    assert loop.failure.message == numpy.failure.message
    assert (loop.failure.stage, loop.failure.tensor) == (numpy.failure.stage, numpy.failure.tensor)
    one, other = loop.failure.record, numpy.failure.record
    assert one.done is other.done
    for mine, theirs in zip((*one.z, *one.a, one.price), (*other.z, *other.a, other.price),
                            strict=True):  # fmt: skip
        np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-12)
    assert [c.update for c in loop.checkpoints.saved] == [c.update for c in numpy.checkpoints.saved]


EDITS: dict[str, dict[str, Any]] = {
    "loss": {"field": "weight_1[0,0]", "value": 1e200},
    "score": {"field": "bias_1[0]", "value": 1e300},
    "sum": {"field": "weight_0[0,1]", "value": 1e300},
}


@pytest.mark.parametrize("activation", ["tanh", "relu", "sin", "gelu"])
@pytest.mark.parametrize("loss", ["mse", "huber", "cross_entropy"])
@pytest.mark.parametrize("edit", EDITS)
def test_both_kernels_fail_alike(edit: str, loss: str, activation: str) -> None:
    """In mid-flight, by an event; or neither fails."""
    found = []
    for kernel, lengths in (("numpy", (1,)), ("compiled", (LONGEST,)), ("compiled", (3,))):
        change = [EDITS[edit] | {"update": 137}]
        loop = measured(lengths, drawn(ROWS, 2, 3), loss__name=loss, model__kernel=kernel,
                        model__activation=activation, change=change)  # fmt: skip
        loop.run(150)
        failure = loop.failure
        found.append((loop.update, failure and failure.message, failure and failure.stage))
    assert found[0] == found[1] == found[2]
    if (edit, loss, activation) == ("loss", "mse", "tanh"):
        assert found[0][0] == 137


def test_a_failed_flight_leaves_what_turns_leave() -> None:
    """History, checks and states up to the bad turn, as if each turn had been made alone."""

    def build(lengths: tuple[int, ...]) -> Measured:
        edit = [{"update": 333, "field": "weight_1[0,0]", "value": 1e200}]
        return measured(lengths, loss__name="mse", change=edit)

    slow = build((1,))
    while slow.failure is None:
        slow.step(StepSize.UPDATE)
    assert slow.update == 333
    for lengths in LENGTHS:
        loop = build(lengths)
        loop.run(1000)
        assert loop.failure is not None
        assert loop.failure.message == slow.failure.message
        assert_same_record(loop.failure.record, slow.failure.record)
        assert_same_runs(loop, slow)


@pytest.mark.parametrize("made", [138, 139, 1000])
def test_weights_that_overflow_under_a_finite_loss_fail_their_own_turn(made: int) -> None:
    """Also where the bad turn is the last of its flight: nothing of it is kept."""
    edit = [{"update": 137, "field": "bias_1[0]", "value": 1e4},
            {"update": 137, "field": "optimizer.learning_rate", "value": 1e307}]  # fmt: skip

    def build(lengths: tuple[int, ...], kernel: str = "compiled") -> Measured:
        return measured(lengths, drawn(ROWS, 2), loss__name="mse", change=edit,
                        model__kernel=kernel)  # fmt: skip

    slow = build((1,))
    while slow.failure is None:
        slow.step(StepSize.UPDATE)
    assert (slow.failure.turn, slow.failure.tensor) == (138, "the weights")
    assert np.isfinite(slow.failure.record.loss)
    for lengths in (*LENGTHS, (138,), (69,)):
        loop = build(lengths)
        assert loop.run(made + 1) == 137
        assert loop.failure is not None
        assert loop.failure.message == slow.failure.message
        assert_same_record(loop.failure.record, slow.failure.record)
        assert_same_runs(loop, slow)
    numpy = build((1,), "numpy")
    numpy.run(made + 1)
    assert numpy.failure is not None
    assert numpy.failure.message == slow.failure.message


def test_a_step_whose_norm_overflows_is_no_failure() -> None:
    loops = [
        measured(lengths, drawn(40, 2), model__hidden=[], loss__name="mae",
                 model__dtype="float32", optimizer__learning_rate=1e20)
        for lengths in LENGTHS
    ]  # fmt: skip
    for loop in loops:
        assert loop.run(150) == 150
        assert loop.failure is None
        assert np.isinf(loop.updates.column("step")[1]).any()
        assert np.isfinite(loop.learner.kernel.theta).all()
        assert_same_runs(loop, loops[0])


# -- ending ------------------------------------------------------------------------------------


def test_another_thread_ends_a_flight_in_the_air(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.network.compiled import flight

    made, fly = [], flight.fly
    monkeypatch.setattr(flight, "fly", lambda *a: made.append(fly(*a)) or made[-1])
    loop = measured((LONGEST,), drawn(2000, 20), model__hidden=[400, 400], loss__name="mse",
                    optimizer__batch_size=500, optimizer__learning_rate=1e-4)  # fmt: skip
    stop, done = Stop(), []
    thread = threading.Thread(target=lambda: done.append(loop.run(10**6, stop)))
    thread.start()
    # The history's buffer says that the third turn is made; no more than one flight is begun.
    give_up = monotonic() + 60
    while not loop._block[2, -1] and monotonic() < give_up:
        assert thread.is_alive()
    assert made == []
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
    assert len(made) == 1
    assert 3 <= made[0] < LONGEST
    # And one more, in the slow gear.
    assert done == [made[0] + 1]
    assert loop.update == loop.updates.last_update == done[0]
    assert loop.failure is None
    stop.clear()
    assert loop.run(3, stop) == 3


def test_a_stop_that_is_set_lets_one_turn_be_made() -> None:
    loop, stop = measured((LONGEST,)), Stop()
    assert not stop()
    stop.set()
    assert stop()
    assert loop.run(100, stop) == 1
    stop.clear()
    assert not stop()
    assert loop.run(100, stop) == 100


def test_what_is_no_flag_is_asked_before_every_update() -> None:
    loop, asked = measured((LONGEST,)), []

    def stop() -> bool:
        asked.append(loop.update)
        return loop.update == 37

    assert loop.run(100, stop) == 38
    assert sorted(set(asked)) == list(range(38))
    assert all(later - sooner <= 1 for sooner, later in pairwise(asked))
    whole = measured((LONGEST,))
    whole.run(38)
    assert_same_runs(loop, whole)


@pytest.mark.parametrize("kernel", KERNELS)
def test_enough_is_asked_after_every_check(kernel: str) -> None:
    loop, asked = measured((LONGEST,), model__kernel=kernel), []

    def enough() -> bool:
        asked.append((loop.update, loop.checks.last_update))
        return loop.update == 36

    assert loop.run(100, enough=enough) == 36
    assert asked == [(update, update) for update in range(4, 37, 4)]
    # Also where the history has the checks already.
    loop.go_to(9)
    asked.clear()
    assert loop.run(100, enough=enough) == 27
    assert [update for update, _ in asked] == list(range(12, 37, 4))
