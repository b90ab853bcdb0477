"""Both gears give the same bits, for every part that takes a part in an update."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from core.loop import LearningLoop
from core.losses import LOSSES
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from core.stages import StepSize
from tests.core.network.building import (
    KERNELS,
    assert_same,
    assert_same_record,
    bits,
    curves,
    drawn,
    drive,
    loop_on,
)

# Two epochs and a bit: 26 training rows in batches of 8 leave a last batch of 2.
ROWS, BATCH, UPDATES = 26, 8, 9
SHAPES = ([], [4], [3, 5], [6, 1, 6])
CHOICES: dict[str, tuple[Any, ...]] = {
    "model__hidden": SHAPES,
    "loss__name": LOSSES.names,
    "optimizer__name": OPTIMIZERS.names,
    "optimizer__schedule": SCHEDULES.names,
    "model__activation": ACTIVATIONS.names,
    "model__initializer": tuple(name for name in INITIALIZERS.names if name != "zeros"),
    "model__dropout": (0.0, 0.3),
    "model__dtype": ("float64", "float32"),
    "loss__l1": (0.0, 0.003),
    "loss__l2": (0.0, 0.02),
    "optimizer__clip_norm": (None, 0.05),
    "class_weights": (False, True),
    "classes": (0, 2, 3),
    "optimizer__shuffle": (True, False),
    "model__kernel": KERNELS,
}


def cases() -> list[dict[str, Any]]:
    """Every shape with every loss, optimizer and schedule; the other parts drawn beside them."""
    rng = np.random.default_rng(11)
    firsts = list(CHOICES)[:4]
    found = []
    for values in product(*(CHOICES[name] for name in firsts)):
        case = dict(zip(firsts, values, strict=True))
        for name, choices in CHOICES.items():
            if name not in case:
                case[name] = choices[rng.integers(len(choices))]
        loss = LOSSES[case["loss__name"]]
        allowed = [k for k in CHOICES["classes"] if (loss.for_classes if k else loss.for_numbers)]
        case["classes"] = allowed[rng.integers(len(allowed))]
        found.append(case)
    return found


CASES = cases()


def build(case: dict[str, Any], **more: Any) -> LearningLoop:
    settings = {k: v for k, v in case.items() if k not in ("classes", "class_weights")}
    classes = case["classes"]
    if classes and case["class_weights"]:
        settings["loss__class_weights"] = [1.0, 0.3, 2.0][:classes]
    if settings["optimizer__clip_norm"] is None:
        del settings["optimizer__clip_norm"]
    settings |= {
        "optimizer__learning_rate": 0.02,
        "optimizer__step_epochs": 1,
        "optimizer__batch_size": BATCH,
        "evaluation__validation_fraction": 0.25,
        "evaluation__test_fraction": 0.1,
    }
    return loop_on(drawn(ROWS * 20 // 13, 2, classes), **settings | more)


def test_that_the_cases_cover_every_pair_of_choices() -> None:
    for one, other in combinations(CHOICES, 2):
        seen = {(str(case[one]), str(case[other])) for case in CASES}
        missing = {(str(a), str(b)) for a, b in product(CHOICES[one], CHOICES[other])} - seen
        # A loss of classes alone cannot meet numbers.
        if {one, other} != {"loss__name", "classes"}:
            assert not missing


@pytest.mark.parametrize("share", range(8))
def test_that_both_gears_give_the_same_bits(share: int) -> None:
    for index, case in enumerate(CASES[share::8]):
        fast, slow = build(case), build(case)
        assert len(fast.problem.parts.train) == ROWS
        assert fast.learner.kernel.name == case["model__kernel"]
        assert fast.run(UPDATES) == UPDATES, case
        drive(slow, UPDATES, StepSize.LAYER if index % 3 else StepSize.STAGE)
        assert_same(bits(fast), bits(slow))
        assert_same(curves(fast), curves(slow))
        assert_same_record(fast.record, slow.record)
        assert not np.array_equal(fast.learner.kernel.theta, build(case).learner.kernel.theta)


@pytest.mark.parametrize("size", [StepSize.UPDATE, StepSize.EPOCH])
def test_that_steps_of_updates_and_epochs_give_the_same_bits(size: StepSize) -> None:
    for case in CASES[::40]:
        fast, stepped = build(case), build(case)
        drive(stepped, UPDATES, size)
        fast.run(stepped.update)
        assert_same(bits(fast), bits(stepped))
        assert_same(curves(fast), curves(stepped))
        assert_same_record(fast.record, stepped.record)


@pytest.mark.parametrize("pieces", [(1,) * 9, (2, 1, 4, 2), (5, 4), (8, 1)])
@pytest.mark.parametrize("kernel", KERNELS)
def test_that_a_run_in_pieces_gives_the_same_bits(kernel: str, pieces: tuple[int, ...]) -> None:
    for case in CASES[5::60]:
        whole, parts = (build(case, model__kernel=kernel) for _ in range(2))
        whole.run(UPDATES)
        for piece in pieces:
            parts.run(piece)
        assert_same(bits(whole), bits(parts))
        assert_same(curves(whole), curves(parts))


@pytest.mark.parametrize("kernel", KERNELS)
def test_that_a_run_begun_in_mid_turn_finishes_the_turn_first(kernel: str) -> None:
    one, other = (build(CASES[0], model__kernel=kernel) for _ in range(2))
    one.run(9)
    other.run(2)
    for _ in range(4):
        other.step()
    assert other.run(7) == 7
    assert_same(bits(one), bits(other))


@pytest.mark.parametrize("kernel", KERNELS)
def test_that_a_different_last_batch_is_noticed(kernel: str) -> None:
    """The comparison itself can fail: one bit of one weight is enough."""
    one, other = (build(CASES[0], model__kernel=kernel) for _ in range(2))
    theta = other.learner.kernel.theta
    theta[0] = np.nextafter(theta[0], 9.0)
    one.run(1)
    other.step(StepSize.UPDATE)
    with pytest.raises(AssertionError, match="theta"):
        assert_same(bits(one), bits(other))


@pytest.mark.parametrize("size", [1, 5, 26, 27, 1000])
@pytest.mark.parametrize("kernel", KERNELS)
def test_batches_of_any_size(kernel: str, size: int) -> None:
    case = CASES[7] | {"model__kernel": kernel}
    fast, staged = (build(case, optimizer__batch_size=size) for _ in range(2))
    fast.run(9)
    drive(staged, 9, StepSize.STAGE)
    assert_same(bits(fast), bits(staged))
    each = -(-ROWS // min(size, ROWS))
    assert fast.epoch == 9 // each


def test_the_last_batch_holds_what_is_left() -> None:
    loop = build(CASES[0])
    seen = []
    for _ in range(4):
        loop.step(StepSize.UPDATE)
        assert loop.record is not None
        seen.append(loop.record.rows)
    assert [len(rows) for rows in seen] == [8, 8, 8, 2]
    assert np.array_equal(np.sort(np.concatenate(seen)), loop.problem.parts.train)
    assert loop.epoch == 1
