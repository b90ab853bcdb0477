"""Live changes as events: when they hold, what they drop, and that a file replays them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.experiment import Experiment, dumps, loads
from core.loop import LearningLoop
from core.problem import prepare
from core.stages import Stage, StepSize
from tests.core.network.building import (
    assert_same,
    bits,
    curves,
    dataset,
    drawn,
    experiment,
    fresh,
    loop_on,
)

pytestmark = pytest.mark.usefixtures("kernel")


@pytest.fixture
def loop() -> LearningLoop:
    return LearningLoop(Experiment())


def events(loop: LearningLoop) -> list[tuple[int, str, Any]]:
    return [(c.update, c.field, c.value) for c in loop.experiment.change]


def assert_replays(loop: LearningLoop) -> None:
    """A loop of the same experiment, written to a file and read again, comes to the same."""
    again = LearningLoop(loads(dumps(loop.experiment)))
    again.run(loop.update)
    assert_same(bits(again), bits(loop))
    for name, values in curves(again).items():
        assert np.array_equal(curves(loop)[name][: len(values)], values, equal_nan=True)


def test_the_designs_example(loop: LearningLoop) -> None:
    """Rate 0.3, changed to 0.1 at 12, on to 20, back to 10, and on again."""
    loop.run(12)
    loop.change([("optimizer.learning_rate", 0.1)])
    assert loop.settings.optimizer.learning_rate == 0.1
    loop.run(8)
    at_20 = bits(loop)
    loop.go_to(10)
    assert loop.settings.optimizer.learning_rate == 0.3
    loop.run(2)
    assert loop.update == 12
    assert loop.settings.optimizer.learning_rate == 0.1
    loop.run(8)
    assert_same(bits(loop), at_20)
    assert events(loop) == [(12, "optimizer.learning_rate", 0.1)]
    assert_replays(loop)


def test_an_event_holds_from_the_turn_after_its_update(loop: LearningLoop) -> None:
    loop.run(12)
    loop.change([("optimizer.learning_rate", 0.1)])
    for rate, turn in ((0.1, 13), (0.3, 12)):
        loop.go_to(12)
        if turn == 13:
            loop.step(StepSize.UPDATE)
        assert loop.record is not None
        assert (loop.record.turn, loop.record.rate) == (turn, rate)


def test_it_changes_the_future(loop: LearningLoop) -> None:
    other = LearningLoop(Experiment())
    for each in (loop, other):
        each.run(12)
    loop.change([("optimizer.learning_rate", 0.1)])
    assert_same({**bits(loop), "settings": 0}, {**bits(other), "settings": 0})
    for each in (loop, other):
        each.run(1)
    assert not np.array_equal(loop.learner.kernel.theta, other.learner.kernel.theta)


@pytest.mark.parametrize("steps", range(1, 8))
def test_a_setting_changed_in_mid_turn_waits_for_its_end(loop: LearningLoop, steps: int) -> None:
    loop.run(4)
    for _ in range(steps):
        loop.step()
    before = bits(loop)
    loop.change([("optimizer.learning_rate", 0.1)])
    assert_same(bits(loop), before)
    assert events(loop) == [(5, "optimizer.learning_rate", 0.1)]
    loop.step(StepSize.UPDATE)
    assert loop.record is not None
    assert loop.record.rate == 0.3
    assert loop.settings.optimizer.learning_rate == 0.1
    assert_replays(loop)


def test_a_setting_changed_between_8_and_9_waits_for_9(loop: LearningLoop) -> None:
    loop.run(24)
    for _ in range(8):
        loop.step()
    assert loop.position.stage is Stage.ITERATE
    loop.change([("loss.l2", 0.5)])
    assert loop.settings.loss.l2 == 0
    loop.step()
    assert (loop.position.stage, loop.settings.loss.l2) == (Stage.EVALUATE, 0.5)
    assert events(loop) == [(25, "loss.l2", 0.5)]
    assert_replays(loop)


@pytest.mark.parametrize("steps", range(1, 9))
def test_a_weight_edited_in_mid_turn_holds_from_the_turns_start(
    loop: LearningLoop, steps: int
) -> None:
    loop.run(24)
    for _ in range(steps):
        loop.step()
    loop.change([("weight_0[1,3]", 0.5), ("bias_1[0]", -1.0)])
    assert (loop.update, loop.in_turn) == (24, False)
    assert loop.learner.layout.weight(loop.learner.kernel.theta, 0)[1, 3] == 0.5
    assert loop.learner.layout.bias(loop.learner.kernel.theta, 1)[0] == -1.0
    assert events(loop) == [(24, "weight_0[1,3]", 0.5), (24, "bias_1[0]", -1.0)]
    assert loop.head == 24
    loop.run(3)
    assert_replays(loop)


def test_a_weight_edit_at_a_turns_end_holds_at_once(loop: LearningLoop) -> None:
    loop.run(7)
    before = loop.learner.kernel.theta.copy()
    loop.change([("weight_1[2,0]", 9.0)])
    changed = np.flatnonzero(before != loop.learner.kernel.theta)
    assert changed.tolist() == [loop.learner.layout.index("weight", 1, (2, 0))]
    assert loop.record is not None
    assert np.array_equal(loop.record.theta_after, before)
    loop.step_back(StepSize.UPDATE)
    loop.step(StepSize.UPDATE)
    assert loop.learner.kernel.theta[changed] == 9.0


@pytest.mark.parametrize("name", ["momentum", "adam", "sgd", "adagrad"])
def test_a_new_optimizer_starts_with_an_empty_memory(name: str) -> None:
    loop = loop_on(drawn(60, 2, 2), loss__name="hinge", optimizer__name="adamw")
    loop.run(10)
    assert np.any(loop.learner.kernel.slots)
    loop.change([("optimizer.name", name), ("optimizer.learning_rate", 0.02)])
    assert not np.any(loop.learner.kernel.slots)
    assert loop.learner.count == 0
    loop.run(1)
    assert loop.learner.count == 1
    loop.go_to(10)
    assert not np.any(loop.learner.kernel.slots)
    loop.go_to(9)
    assert loop.learner.kernel.slots.shape[0] == 2
    assert np.any(loop.learner.kernel.slots)


def test_other_changes_keep_the_memory() -> None:
    loop = loop_on(drawn(60, 2, 2), loss__name="hinge", optimizer__name="momentum")
    loop.run(10)
    memory = loop.learner.kernel.slots.copy()
    loop.change([("optimizer.learning_rate", 0.02), ("optimizer.momentum", 0.5), ("loss.l1", 0.1)])
    assert np.array_equal(loop.learner.kernel.slots, memory)
    assert loop.learner.count == 10


def test_a_new_batch_size_cuts_the_rest_of_the_order_anew(loop: LearningLoop) -> None:
    order = np.concatenate([loop.batch_of(k) for k in range(25)])
    loop.run(3)
    loop.change([("optimizer.batch_size", 64)])
    rows = []
    for _ in range(4):
        loop.step(StepSize.UPDATE)
        assert loop.record is not None
        rows.append(loop.record.rows)
    assert [len(r) for r in rows] == [64, 64, 64, 28]
    assert np.array_equal(np.concatenate(rows), order[30:])
    assert (loop.epoch, loop.position.stage) == (1, Stage.EVALUATE)
    assert_replays(loop)


def test_several_events_at_one_update_act_as_in_a_replay() -> None:
    """Momentum, adam and momentum again at one update: the memory is as if nothing had been."""
    data = drawn(60, 2, 2)
    loop = loop_on(data, loss__name="hinge", optimizer__name="momentum",
                   optimizer__learning_rate=0.02)  # fmt: skip
    loop.run(10)
    memory = loop.learner.kernel.slots.copy()
    loop.change([("optimizer.name", "adam")])
    loop.change([("weight_0[0,0]", 3.0)])
    loop.change([("optimizer.name", "momentum")])
    loop.change([("loss.l2", 0.01), ("weight_0[0,0]", 2.0)])
    assert np.array_equal(loop.learner.kernel.slots, memory)
    assert loop.learner.kernel.theta[0] == 2.0
    assert len(events(loop)) == 3
    loop.run(5)
    again = fresh(loop)
    again.run(15)
    assert_same(bits(again), bits(loop))


def test_an_edit_can_be_taken_back_to_what_was() -> None:
    loop = loop_on(drawn(60, 2, 2), loss__name="hinge")
    loop.run(10)
    before = bits(loop)
    loop.change([("weight_0[0,0]", 3.0)])
    loop.change([("weight_0[0,0]", float(before["theta"][0]))])
    assert_same(bits(loop), before)


def test_a_change_after_going_back_drops_the_future(
    loop: LearningLoop,
) -> None:
    loop.run(12)
    loop.change([("loss.l2", 0.01)])
    loop.run(38)
    loop.go_to(30)
    assert loop.head == 50
    loop.change([("optimizer.learning_rate", 0.05)])
    assert loop.head == loop.update == 30
    assert events(loop) == [(12, "loss.l2", 0.01), (30, "optimizer.learning_rate", 0.05)]
    assert loop.updates.last_update == 30
    assert loop.checks.column("train_loss")[0].tolist() == [0, 25]
    with pytest.raises(ValueError, match="not in"):
        loop.go_to(31)
    loop.run(40)
    assert_replays(loop)


def test_events_of_a_dropped_future_are_gone(loop: LearningLoop) -> None:
    loop.run(20)
    loop.change([("loss.l2", 0.01)])
    loop.run(5)
    loop.go_to(10)
    loop.change([("loss.l1", 0.01)])
    assert events(loop) == [(10, "loss.l1", 0.01)]


def test_checkpoints_of_a_dropped_future_are_gone(loop: LearningLoop) -> None:
    loop.run(300)
    loop.go_to(10)
    loop.change([("optimizer.learning_rate", 0.05)])
    loop.run(290)
    for update in (129, 200, 300, 65):
        loop.go_to(update)
        again = fresh(loop)
        again.run(update)
        assert_same(bits(again), bits(loop))


def test_a_change_at_the_head_drops_nothing(loop: LearningLoop) -> None:
    loop.run(20)
    loop.change([("loss.l2", 0.01)])
    assert loop.updates.last_update == 20


@pytest.mark.parametrize(
    ("changes", "classes"),
    [
        ([("loss.name", "hinge")], 2),
        ([("loss.name", "cross_entropy")], 3),
        ([("loss.name", "mae"), ("loss.delta", 0.3)], 0),
        ([("loss.class_weights", [1.0, 5.0])], 2),
        ([("model.dropout", 0.4)], 2),
        ([("loss.l1", 0.02), ("loss.l2", 0.03)], 2),
        ([("optimizer.clip_norm", 0.01)], 2),
        ([("optimizer.schedule", "exponential")], 2),
        ([("optimizer.shuffle", False)], 2),
    ],
)
def test_each_live_setting_changes_the_run_from_then_on(
    changes: list[tuple[str, Any]], classes: int
) -> None:
    data = drawn(60, 2, classes)
    loss = {0: "mse", 2: "binary_cross_entropy", 3: "mse"}[classes]

    def build(**more: Any) -> LearningLoop:
        return loop_on(data, **{"loss__name": loss, "optimizer__batch_size": 8, **more})

    live, plain = build(), build()
    for each in (live, plain):
        each.run(6)
    live.change(changes)
    # A new schedule or order shows from the next epoch on.
    for each in (live, plain):
        each.run(9)
    assert not np.array_equal(live.learner.kernel.theta, plain.learner.kernel.theta)
    replayed = build(change=[{"update": 6, "field": f, "value": v} for f, v in changes])
    replayed.run(15)
    assert_same(bits(replayed), bits(live))
    from_start = build(**{name.replace(".", "__"): value for name, value in changes})
    at_start = build(change=[{"update": 0, "field": f, "value": v} for f, v in changes])
    for each in (from_start, at_start):
        each.run(15)
    assert_same(bits(from_start), bits(at_start))


def test_after_a_change_the_look_is_under_the_new_settings() -> None:
    loop = loop_on(drawn(60, 2, 2), loss__name="binary_cross_entropy", optimizer__batch_size=8)
    loop.step(StepSize.EPOCH)
    recorded = loop.last_check.train.loss
    loop.change([("loss.name", "hinge")])
    assert loop.last_check.train.loss == loop.evaluate("train").loss != recorded
    loop.change([("bias_1[0]", 4.0)])
    assert loop.last_check.train.loss == loop.evaluate("train").loss
    assert loop.checks.column("train_loss")[1][-1] == recorded


def test_events_at_update_0_come_after_its_check() -> None:
    edit = [{"update": 0, "field": "bias_1[0]", "value": 4.0}]
    plain, edited = (
        loop_on(drawn(60, 2, 2), loss__name="hinge", change=change) for change in ([], edit)
    )
    for name in ("train_loss", "validation_loss"):
        assert plain.checks.column(name)[1] == edited.checks.column(name)[1]
    assert (
        edited.last_check.train.loss
        == edited.evaluate("train").loss
        != (plain.last_check.train.loss)
    )


# -- the order of an epoch ---------------------------------------------------------------------


@pytest.mark.parametrize("at", [0, 25])
def test_shuffle_changed_where_an_epoch_begins_holds_for_it(loop: LearningLoop, at: int) -> None:
    loop.run(at)
    loop.change([("optimizer.shuffle", False)])
    found = np.concatenate([loop.batch_of(k) for k in range(25)])
    assert np.array_equal(found, loop.problem.parts.train)
    loop.run(30)
    assert_replays(loop)


def test_shuffle_changed_within_an_epoch_holds_from_the_next(loop: LearningLoop) -> None:
    order = np.concatenate([loop.batch_of(k) for k in range(25)])
    loop.run(10)
    loop.change([("optimizer.shuffle", False)])
    assert np.array_equal(np.concatenate([loop.batch_of(k) for k in range(25)]), order)
    loop.run(15)
    assert np.array_equal(loop.batch_of(0), loop.problem.parts.train[:10])
    loop.run(5)
    assert_replays(loop)


def test_a_schedule_counts_epochs_of_the_run_whenever_it_was_chosen() -> None:
    made = experiment(loss__name="mse", optimizer__batch_size=10, optimizer__decay=0.5,
                      evaluation__validation_fraction=0, evaluation__test_fraction=0)  # fmt: skip
    loop = LearningLoop(made, prepare(dataset(np.eye(20), np.arange(20.0)), made))
    loop.run(4)
    loop.change([("optimizer.schedule", "exponential")])
    loop.run(1)
    assert loop.record is not None
    assert loop.record.rate == 0.3 * 0.25
