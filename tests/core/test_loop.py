"""The loop going forward: nine stages, step sizes, when stage 9 comes, and failures."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from core.checks import CHECK_EVERY
from core.experiment import Experiment
from core.loop import LearningLoop, Position
from core.problem import CHECK_ROWS
from core.stages import Stage, StepSize
from tests.core.network.building import (
    assert_same,
    bits,
    curves,
    drawn,
    fresh,
    loop_on,
)

pytestmark = pytest.mark.usefixtures("kernel")


@pytest.fixture
def loop() -> LearningLoop:
    """The default experiment: 250 training rows, 25 batches an epoch."""
    return LearningLoop(Experiment())


def stages(loop: LearningLoop, count: int, size: StepSize = StepSize.STAGE) -> list[Position]:
    found = []
    for _ in range(count):
        loop.step(size)
        found.append(loop.position)
    return found


def test_a_new_loop_stands_after_the_check_of_update_0(loop: LearningLoop) -> None:
    assert loop.position == Position(0, 0, Stage.EVALUATE, 0)
    assert loop.checks.column("train_loss")[0].tolist() == [0]
    assert loop.updates.rows == 0
    assert loop.record is None
    assert not loop.in_turn
    assert loop.next_stage is Stage.REPRESENT
    assert loop.learner.parameters == 17


def test_a_turn_is_stages_1_to_8(loop: LearningLoop) -> None:
    assert [p.stage for p in stages(loop, 9)] == [1, 2, 3, 4, 5, 6, 7, 8, 1]


def test_the_update_counts_in_stage_7_and_the_epoch_in_stage_8(loop: LearningLoop) -> None:
    loop.run(24)
    assert loop.position == Position(24, 0, Stage.ITERATE, 0)
    found = [(p.stage, p.update, p.epoch) for p in stages(loop, 10)]
    assert found == [
        *((stage, 24, 0) for stage in (1, 2, 3, 4, 5, 6)),
        (7, 25, 0),
        (8, 25, 1),
        (9, 25, 1),
        (1, 25, 1),
    ]


def test_the_counters_tell_what_comes_next(loop: LearningLoop) -> None:
    seen = []
    for _ in range(12):
        seen.append((loop.turn, int(loop.next_stage), loop.next_layer, loop.in_turn))
        loop.step(StepSize.LAYER)
    assert seen == [
        (0, 1, None, False),
        (1, 2, 0, True),
        (1, 2, 1, True),
        (1, 3, None, True),
        (1, 4, None, True),
        (1, 5, None, True),
        (1, 6, 1, True),
        (1, 6, 0, True),
        (1, 7, None, True),
        (1, 8, None, True),
        (1, 1, None, False),
        (2, 2, 0, True),
    ]


def test_a_step_of_size_layer_does_one_layer_in_2_and_6() -> None:
    loop = loop_on(drawn(40, 2, 2), model__hidden=[3, 3], loss__name="hinge")
    found = [(int(p.stage), p.layer) for p in stages(loop, 12, StepSize.LAYER)]
    assert found == [
        (1, 0), (1, 1), (1, 2), (2, 0), (3, 0), (4, 0), (5, 0), (5, 1), (5, 2), (6, 0), (7, 0),
        (8, 0),
    ]  # fmt: skip


def test_a_stage_step_finishes_a_stage_begun_layer_by_layer(loop: LearningLoop) -> None:
    loop.step()
    loop.step(StepSize.LAYER)
    assert loop.position == Position(0, 0, Stage.REPRESENT, 1)
    loop.step()
    assert loop.position == Position(0, 0, Stage.TRANSFORM, 0)


def test_an_update_step_ends_after_8_or_after_9_where_it_is_due(loop: LearningLoop) -> None:
    found = stages(loop, 26, StepSize.UPDATE)
    assert [p.update for p in found] == list(range(1, 27))
    assert [int(p.stage) for p in found] == [*[8] * 24, 9, 8]


def test_an_update_step_inside_a_turn_ends_that_turn(loop: LearningLoop) -> None:
    stages(loop, 3)
    loop.step(StepSize.UPDATE)
    assert loop.position == Position(1, 0, Stage.ITERATE, 0)


def test_an_epoch_step_ends_at_the_epochs_check(loop: LearningLoop) -> None:
    assert stages(loop, 1, StepSize.EPOCH) == [Position(25, 1, Stage.EVALUATE, 0)]
    stages(loop, 4)
    assert stages(loop, 1, StepSize.EPOCH) == [Position(50, 2, Stage.EVALUATE, 0)]


@pytest.mark.parametrize("steps", [7, 8])
def test_an_epoch_step_from_inside_its_last_turn_ends_that_epoch(
    loop: LearningLoop, steps: int
) -> None:
    loop.run(24)
    stages(loop, steps)
    assert loop.position.update == 25
    loop.step(StepSize.EPOCH)
    assert loop.position == Position(25, 1, Stage.EVALUATE, 0)


def test_checks_come_at_0_at_epoch_ends_and_when_1000_updates_have_passed() -> None:
    # 1,300 updates an epoch.
    loop = loop_on(drawn(1300, 1, 2), loss__name="hinge", optimizer__batch_size=1,
                   evaluation__validation_fraction=0, evaluation__test_fraction=0)  # fmt: skip
    loop.run(4000)
    expected = [0, 1000, 1300, 2300, 2600, 3600, 3900]
    assert loop.checks.column("train_loss")[0].tolist() == expected
    assert CHECK_EVERY == 1000
    slow = fresh(loop)
    for update in (999, 1000, 1299, 1300, 2299, 2300):
        slow.run(update - slow.update)
    assert slow.checks.column("train_loss")[0].tolist() == expected[:4]


def test_looking_records_nothing_and_changes_nothing(loop: LearningLoop) -> None:
    loop.run(30)
    before, history = bits(loop), curves(loop)
    loop.look()
    assert loop.last_check.update == 30
    for part in ("train", "validation", "test"):
        loop.evaluate(part)
    assert_same(bits(loop), before)
    assert_same(curves(loop), history)
    other = LearningLoop(Experiment())
    other.run(60)
    loop.run(30)
    assert_same(bits(loop), bits(other))


def test_training_and_validation_loss_of_a_check_are_at_the_same_parameters() -> None:
    loop = loop_on(drawn(60, 2, 2), loss__name="hinge", model__dropout=0.5)
    loop.run(3)
    loop.run(0)
    loop.step(StepSize.EPOCH)
    problem = loop.problem
    for part in ("train", "validation"):
        rows = problem.rows(part)
        scores = loop.learner.scores(problem.inputs(rows))
        expected = problem.evaluate(rows, scores).loss
        assert loop.checks.column(f"{part}_loss")[1][-1] == expected


def test_large_parts_are_checked_on_a_fixed_seeded_sample() -> None:
    def build(seed: int) -> LearningLoop:
        data = drawn(2 * CHECK_ROWS + 3000, 1, 2)
        return loop_on(data, loss__name="hinge", optimizer__batch_size=4096, seed=seed,
                       evaluation__validation_fraction=0.4,
                       evaluation__test_fraction=0)  # fmt: skip

    loop = build(1)
    assert loop.last_check.sampled
    assert loop.last_check.train.rows == CHECK_ROWS
    assert loop.last_check.validation.rows == round(0.4 * (2 * CHECK_ROWS + 3000))
    rows = loop.examiner.rows("train")
    assert np.array_equal(rows, loop.examiner.rows("train"))
    assert np.array_equal(rows, build(1).examiner.rows("train"))
    assert not np.array_equal(rows, build(2).examiner.rows("train"))
    assert len(np.unique(rows)) == CHECK_ROWS
    assert np.isin(rows, loop.problem.parts.train).all()
    assert loop.evaluate("train").rows == len(loop.problem.parts.train)


def test_small_parts_are_checked_whole(loop: LearningLoop) -> None:
    assert not loop.last_check.sampled
    assert loop.last_check.train.rows == 250


def test_the_record_is_of_the_last_turn_that_did_the_stage(loop: LearningLoop) -> None:
    assert loop.record_of(Stage.REPRESENT) is None
    loop.run(3)
    stages(loop, 4)
    for stage in Stage:
        record = loop.record_of(stage)
        assert record is not None
        assert record.turn == (4 if stage <= Stage.LOSS else 3)
    assert loop.record is not None
    stages(loop, 4)
    assert loop.record.done is Stage.ITERATE


def test_wherever_a_run_ends_the_last_turn_was_made_in_the_slow_gear(loop: LearningLoop) -> None:
    loop.run(40)
    assert loop.record is not None
    assert loop.record.turn == 40
    assert loop.record.done is Stage.ITERATE
    assert np.array_equal(loop.record.theta_after, loop.learner.kernel.theta)
    loop.run(50, enough=lambda: True)
    assert loop.record is not None
    assert loop.record.turn == loop.update == 50


def test_what_a_record_holds_is_never_written_again(loop: LearningLoop) -> None:
    loop.run(5)
    record = loop.record
    assert record is not None
    arrays = [a for a in vars(record).values() if isinstance(a, np.ndarray)]
    arrays += [a for many in (record.z, record.hidden, record.a, record.delta) for a in many]
    copies = [a.copy() for a in arrays]
    loop.run(30)
    assert len(arrays) > 20
    for array, copy in zip(arrays, copies, strict=True):
        assert np.array_equal(array, copy)
        assert not array.flags.writeable


def test_the_next_batch_is_the_one_announced(loop: LearningLoop) -> None:
    loop.run(24)
    for _ in range(3):
        loop.step(StepSize.UPDATE)
        assert loop.record is not None
        announced = loop.record.next_rows
        assert np.array_equal(announced, loop.batch_of(loop.place // 10))
        stages(loop, 1)
        assert np.array_equal(loop.record.rows, announced)


def test_a_run_stops_when_asked(loop: LearningLoop) -> None:
    asked = iter([False] * 7 + [True] * 1000)
    made = loop.run(1000, stop=lambda: next(asked))
    assert 0 < made < 10
    assert loop.update == made
    assert not loop.in_turn


def test_a_run_ends_at_the_check_that_is_enough(loop: LearningLoop) -> None:
    seen = []

    def enough() -> bool:
        seen.append(loop.update)
        return loop.update >= 75

    assert loop.run(1000, enough=enough) == 75
    assert seen == [25, 50, 75]


def test_the_share_of_turns_that_made_things_worse(loop: LearningLoop) -> None:
    loop.run(10)
    assert loop.effects == {}
    losses = [loop.evaluate("train").loss]
    for _ in range(12):
        loop.step(StepSize.UPDATE)
        losses.append(loop.evaluate("train").loss)
    assert list(loop.effects) == list(range(11, 23))
    assert list(loop.effects.values()) == list(pairwise(losses))
    assert loop.worsened == sum(after > before for before, after in loop.effects.values())
    loop.step_back(StepSize.UPDATE)
    loop.step(StepSize.UPDATE)
    assert len(loop.effects) == 12
