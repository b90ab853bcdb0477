"""One seed, one run: what follows from it and what does not."""

from __future__ import annotations

import numpy as np
import pytest

from core.experiment import Experiment
from core.loop import LearningLoop
from core.stages import StepSize
from tests.core.network.building import assert_same, bits, curves, drawn, loop_on

pytestmark = pytest.mark.usefixtures("kernel")


@pytest.fixture
def loop() -> LearningLoop:
    return LearningLoop(Experiment())


def theta(**settings: object) -> np.ndarray:
    return LearningLoop(Experiment().replace_many(settings)).learner.kernel.theta


def test_the_batch_size_never_changes_the_initial_weights() -> None:
    for other in ({"optimizer.batch_size": 77}, {"optimizer.name": "adam"}, {"data.noise": 0.4}):
        assert np.array_equal(theta(), theta(**other))
    assert not np.array_equal(theta(), theta(seed=8))


def test_float32_starts_from_the_same_weights_rounded() -> None:
    assert np.array_equal(theta().astype(np.float32), theta(**{"model.dtype": "float32"}))


def test_a_new_seed_keeps_data_and_split() -> None:
    old, new = Experiment(), Experiment().with_new_seed(99)
    one, other = LearningLoop(old), LearningLoop(new)
    assert new.seed == 99
    assert new.data_seed == old.data_seed
    assert np.array_equal(one.problem.x, other.problem.x)
    assert np.array_equal(one.problem.parts.train, other.problem.parts.train)
    assert not np.array_equal(one.learner.kernel.theta, other.learner.kernel.theta)
    assert not np.array_equal(one.batch_of(0), other.batch_of(0))


def test_each_epoch_has_an_order_of_its_own(loop: LearningLoop) -> None:
    orders = []
    for _ in range(3):
        orders.append(np.concatenate([loop.batch_of(k) for k in range(25)]))
        loop.step(StepSize.EPOCH)
    for order in orders:
        assert np.array_equal(np.sort(order), loop.problem.parts.train)
    assert not np.array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[1], orders[2])


def test_without_shuffle_the_rows_come_as_they_stand() -> None:
    loop = LearningLoop(Experiment().replace("optimizer.shuffle", False))
    loop.run(25)
    found = np.concatenate([loop.batch_of(k) for k in range(25)])
    assert np.array_equal(found, loop.problem.parts.train)


def test_reset_is_the_same_again(loop: LearningLoop) -> None:
    loop.run(60)
    again = LearningLoop(Experiment())
    again.run(60)
    assert_same(bits(loop), bits(again))
    assert_same(curves(loop), curves(again))


def test_dropout_masks_depend_on_seed_epoch_and_place_alone() -> None:
    def masks(seed: int, start: int) -> list[np.ndarray]:
        loop = loop_on(drawn(40, 2, 2), loss__name="hinge", model__dropout=0.5, seed=seed,
                       model__hidden=[6, 3], optimizer__batch_size=5)  # fmt: skip
        loop.run(start)
        loop.step(StepSize.UPDATE)
        assert loop.record is not None
        return list(loop.record.mask)

    one = masks(1, 3)
    loop = loop_on(drawn(40, 2, 2), loss__name="hinge", model__dropout=0.5, seed=1,
                   model__hidden=[6, 3], optimizer__batch_size=5)  # fmt: skip
    loop.run(9)
    loop.go_to(4)
    assert loop.record is not None
    for mine, theirs in zip(one, loop.record.mask, strict=True):
        assert np.array_equal(mine, theirs)
        assert set(np.unique(mine)) <= {0.0, 2.0}
    assert not np.array_equal(one[0], masks(2, 3)[0])
    assert not np.array_equal(one[0], masks(1, 7)[0])


def test_dropout_silences_about_the_share_that_is_asked_for() -> None:
    loop = loop_on(drawn(900, 2, 2), loss__name="hinge", model__dropout=0.3, model__hidden=[50],
                   optimizer__batch_size=400)  # fmt: skip
    loop.step(StepSize.UPDATE)
    assert loop.record is not None
    mask = loop.record.mask[0]
    assert (mask == 0).mean() == pytest.approx(0.3, abs=0.02)
    assert mask.max() == pytest.approx(1 / 0.7)
