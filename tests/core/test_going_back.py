"""Back by every step size, and any walk through time: always bit for bit as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.batches import BatchOrder
from core.experiment import Experiment, weight_place
from core.loop import LearningLoop, Position
from core.problem import prepare
from core.stages import Stage, StepSize
from tests.core.network.building import (
    KERNELS,
    assert_same,
    assert_same_record,
    bits,
    curves,
    drawn,
    experiment,
    fresh,
    loop_on,
)


@pytest.fixture
def loop(kernel: str) -> LearningLoop:
    made = LearningLoop(Experiment())
    assert made.learner.kernel.name == kernel
    return made


def straight_to(loop: LearningLoop, place: Position) -> LearningLoop:
    """A fresh loop of the same experiment, driven to a place without ever turning back."""
    other = fresh(loop)
    in_turn = place.stage >= Stage.UPDATE and (place.update, place.stage) != (0, Stage.EVALUATE)
    other.run(place.update - in_turn)
    while (other.update, other.position.stage) != (place.update, place.stage):
        other.step(StepSize.STAGE)
    for _ in range(place.layer):
        other.step(StepSize.LAYER)
    return other


def assert_as_straight(loop: LearningLoop) -> None:
    other = straight_to(loop, loop.position)
    assert_same(bits(other), bits(loop))
    assert_same_record(other.record, loop.record)
    for each in (loop, other):
        each.look()
    assert loop.last_check.update == loop.update
    assert loop.last_check.train.loss == other.last_check.train.loss
    assert loop.last_check.validation.metrics == other.last_check.validation.metrics
    mine, theirs = curves(loop), curves(other)
    for name, values in theirs.items():
        # All that they have; beyond it there may be a future, which has been made before.
        assert np.array_equal(mine[name][: len(values)], values, equal_nan=True), name


def order_of(place: Position) -> tuple[int, int, int]:
    """Earlier places give smaller numbers: turn, stage, layer."""
    begun = place.stage < Stage.UPDATE
    return place.update + begun, place.stage, place.layer


def place(loop: LearningLoop) -> tuple[int, int, int]:
    return loop.update, loop.epoch, int(loop.position.stage)


def test_back_by_stage_retraces_each_stage(loop: LearningLoop) -> None:
    """The design's example: 25 batches an epoch, from the end of turn 24 into turn 26."""
    loop.run(24)
    expected = [(24, 0, 8)]
    for stage in range(1, 10):
        update = 24 + (stage >= 7)
        expected.append((update, int(stage >= 8), stage))
    expected.append((25, 1, 1))
    for there in expected[1:]:
        loop.step()
        assert place(loop) == there
    for there in reversed(expected[:-1]):
        loop.step_back()
        assert place(loop) == there
        assert_as_straight(loop)


@pytest.mark.usefixtures("kernel")
def test_back_by_layer_retraces_each_layer() -> None:
    loop = loop_on(drawn(30, 2, 2), model__hidden=[3, 2], loss__name="hinge")
    loop.run(3)
    places = [loop.position]
    for _ in range(25):
        loop.step(StepSize.LAYER)
        places.append(loop.position)
    for there in reversed(places[:-1]):
        loop.step_back(StepSize.LAYER)
        assert loop.position == there
        assert_as_straight(loop)


@pytest.mark.parametrize("steps", range(1, 9))
def test_back_by_update_from_inside_a_turn_goes_to_the_end_of_the_one_before(
    loop: LearningLoop, steps: int
) -> None:
    loop.run(24)
    for _ in range(steps):
        loop.step()
    loop.step_back(StepSize.UPDATE)
    assert place(loop) == (24, 0, 8)


def test_back_by_update_crosses_an_epochs_end(loop: LearningLoop) -> None:
    loop.run(26)
    for there in ((25, 1, 9), (24, 0, 8), (23, 0, 8)):
        loop.step_back(StepSize.UPDATE)
        assert place(loop) == there
        assert_as_straight(loop)


def test_back_by_epoch_goes_from_26_to_25_and_from_25_to_0(loop: LearningLoop) -> None:
    loop.run(26)
    loop.step_back(StepSize.EPOCH)
    assert place(loop) == (25, 1, 9)
    assert_as_straight(loop)
    loop.step_back(StepSize.EPOCH)
    assert place(loop) == (0, 0, 9)
    assert_as_straight(loop)


@pytest.mark.parametrize(("steps", "target"), [(7, 0), (8, 0), (9, 0), (10, 25), (16, 25)])
def test_back_by_epoch_around_an_epochs_end(loop: LearningLoop, steps: int, target: int) -> None:
    loop.run(24)
    for _ in range(steps):
        loop.step()
    loop.step_back(StepSize.EPOCH)
    assert (loop.update, loop.position.stage) == (target, Stage.EVALUATE)


@pytest.mark.parametrize("size", StepSize)
def test_at_update_0_there_is_no_way_back(loop: LearningLoop, size: StepSize) -> None:
    loop.run(2)
    loop.go_to(0)
    before = bits(loop)
    loop.step_back(size)
    assert_same(bits(loop), before)


@pytest.mark.parametrize("size", StepSize)
def test_forward_back_forward_is_the_same(loop: LearningLoop, size: StepSize) -> None:
    loop.run(49)
    for _ in range(30):
        before = bits(loop)
        loop.step(size)
        after, record = bits(loop), loop.record
        loop.step_back(size)
        if size is StepSize.STAGE or not loop.in_turn:
            assert (
                loop.position
                == Position(before["update"], before["epoch"], before["stage"], before["layer"])
                or size is StepSize.EPOCH
            )
        loop.step(size)
        assert_same(bits(loop), after)
        assert_same_record(loop.record, record)


@pytest.mark.parametrize(
    "settings",
    [{}, {"optimizer__name": "momentum"}, {"optimizer__name": "adam", "model__dropout": 0.3}],
)
@pytest.mark.usefixtures("kernel")
def test_scrubbing_anywhere(settings: dict[str, Any]) -> None:
    # 27 updates an epoch, so that checkpoints lie within one.
    loop = loop_on(drawn(430, 2, 2), loss__name="hinge", optimizer__batch_size=8, **settings)
    loop.run(400)
    history = curves(loop)
    for update in (399, 400, 0, 1, 128, 140, 129, 127, 129, 256, 27, 350, 400):
        loop.go_to(update)
        assert loop.update == update
        assert_as_straight(loop)
    assert_same(curves(loop), history)
    assert loop.head == 400


@pytest.mark.parametrize("update", [-1, 41])
def test_what_was_never_made_cannot_be_gone_to(loop: LearningLoop, update: int) -> None:
    loop.run(40)
    before = bits(loop)
    with pytest.raises(ValueError, match=r"not in 0\.\.40"):
        loop.go_to(update)
    assert_same(bits(loop), before)


def test_running_on_after_going_back_replays_the_same_future(loop: LearningLoop) -> None:
    loop.run(300)
    after, history = bits(loop), curves(loop)
    loop.go_to(77)
    loop.step()
    loop.run(300 - loop.update)
    assert_same(bits(loop), after)
    assert_same(curves(loop), history)


# -- the end of an epoch, whatever the batch size did ------------------------------------------


@settings(max_examples=150)
@given(
    rows=st.integers(1, 40),
    first=st.integers(1, 15),
    changes=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 15)), max_size=4),
)
def test_epoch_ends_follow_live_changes_of_the_batch_size(
    rows: int, first: int, changes: list[tuple[int, int]]
) -> None:
    changes = sorted(changes, key=lambda pair: pair[0])
    events = [
        {"update": at, "field": "optimizer.batch_size", "value": size} for at, size in changes
    ]
    made = experiment(optimizer__batch_size=first, loss__name="mse", change=events)
    order = BatchOrder(np.arange(rows), 0)
    size, place_now, update, ends = first, 0, 0, [0]
    while len(ends) < 12:
        for at, new in changes:
            size = new if at == update else size
        place_now = min(rows, place_now + size)
        update += 1
        if place_now == rows:
            place_now = 0
            ends.append(update)
    assert [order.epoch_end(epoch, made) for epoch in range(12)] == ends


# -- any walk ----------------------------------------------------------------------------------

LIVE: list[tuple[str, list[Any]]] = [
    ("optimizer.learning_rate", [0.01, 0.05, 0.1]),
    ("optimizer.batch_size", [3, 8, 50]),
    ("optimizer.name", ["sgd", "momentum", "adam", "adamw", "rmsprop"]),
    ("optimizer.schedule", ["constant", "exponential", "warmup"]),
    ("optimizer.shuffle", [True, False]),
    ("optimizer.clip_norm", [None, 0.05]),
    ("loss.name", ["binary_cross_entropy", "hinge"]),
    ("loss.l2", [0.0, 0.01]),
    ("loss.l1", [0.0, 0.01]),
    ("loss.class_weights", [None, [1.0, 3.0]]),
    ("model.dropout", [0.0, 0.3]),
    ("stop.epochs", [3, 50]),
    ("weight_0[1,2]", [0.0, -0.7, 1.2]),
    ("weight_1[0,0]", [0.3]),
    ("bias_0[1]", [-0.2, 0.9]),
    ("bias_1[0]", [0.1]),
]


class Walk(RuleBasedStateMachine):
    """Steps, runs, jumps and changes; after each the loop is where a straight way leads."""

    @initialize(
        budget=st.sampled_from([3_000, 2**28]), dtype=st.sampled_from(["float64", "float32"]),
        kernel=st.sampled_from(KERNELS),
    )  # fmt: skip
    def begin(self, budget: int, dtype: str, kernel: str) -> None:
        made = experiment(
            model__hidden=[3], model__dtype=dtype, model__kernel=kernel,
            loss__name="binary_cross_entropy", optimizer__learning_rate=0.05,
            optimizer__batch_size=8,
        )  # fmt: skip
        self.loop = LearningLoop(made, prepare(drawn(52, 2, 2), made), budget)

    @rule(size=st.sampled_from(StepSize), times=st.integers(1, 12))
    def forward(self, size: StepSize, times: int) -> None:
        for _ in range(1 if size is StepSize.EPOCH else times):
            self.loop.step(size)
        self.compare()

    @rule(size=st.sampled_from(StepSize), times=st.integers(1, 4))
    def back(self, size: StepSize, times: int) -> None:
        for _ in range(times):
            before = self.loop.position
            self.loop.step_back(size)
            assert order_of(self.loop.position) < order_of(before) or before == Position()
        self.compare()

    @rule(updates=st.integers(0, 90))
    def run(self, updates: int) -> None:
        start, in_turn = self.loop.update, self.loop.in_turn
        made = self.loop.run(updates)
        assert self.loop.update == start + made
        assert made == updates or (in_turn and made <= 1)
        self.compare()

    @rule(share=st.floats(0, 1))
    def jump(self, share: float) -> None:
        self.loop.go_to(round(share * self.loop.head))
        self.compare()

    @rule(changes=st.lists(st.sampled_from(LIVE).flatmap(
        lambda pair: st.tuples(st.just(pair[0]), st.sampled_from(pair[1]))), min_size=1, max_size=3,
        unique_by=lambda pair: pair[0]))  # fmt: skip
    def change(self, changes: list[tuple[str, Any]]) -> None:
        loop = self.loop
        in_turn, turn, update = loop.in_turn, loop.turn, loop.update
        edit = any(weight_place(path) for path, _ in changes)
        loop.change(changes)
        expected = (turn - edit) if in_turn else update
        assert max(c.update for c in loop.experiment.change) == expected
        if not in_turn or edit:
            for path, value in changes:
                if not weight_place(path):
                    now = loop.settings.get(path)
                    assert (list(now) if isinstance(now, tuple) else now) == value
        self.compare()

    @precondition(lambda self: self.loop.update)
    @rule()
    def refused(self) -> None:
        before, record = bits(self.loop), self.loop.record
        made, head = self.loop.experiment, self.loop.head
        with pytest.raises(ValueError, match="allowed"):
            self.loop.change([("optimizer.learning_rate", 0.1), ("optimizer.momentum", 1.5)])
        assert_same(bits(self.loop), before)
        assert self.loop.record is record
        assert (self.loop.experiment, self.loop.head) == (made, head)

    def compare(self) -> None:
        assert self.loop.failure is None
        assert self.loop.checkpoints.nbytes <= max(self.loop.checkpoints.budget, 2000)
        assert_as_straight(self.loop)


Walk.TestCase.settings = settings(max_examples=30, stateful_step_count=18)
TestAnyWalk = Walk.TestCase
