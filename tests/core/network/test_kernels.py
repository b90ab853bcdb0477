"""Each update of the compiled kernel beside the numpy kernel's, from the very same state."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from core.loop import LearningLoop
from core.losses import LOSSES
from core.network.activations import ACTIVATIONS
from core.optimizers import OPTIMIZERS
from core.record import TurnRecord
from core.schedules import SCHEDULES
from core.stages import StepSize
from tests.core.network.building import drawn, loop_on

pytest.importorskip("numba")

Array = np.ndarray
# Of each array's largest number. In float32 the compiled kernel's elementwise work is done in
# float64, so the distance is what float32 leaves of numpy's.
CLOSE = {"float64": 1e-12, "float32": 2e-5}
ROWS = 60  # of them 45 for training


def pair(classes: int = 0, rows: int = ROWS, **settings: Any) -> tuple[LearningLoop, LearningLoop]:
    """The same loop on both kernels."""
    settings = {
        "model__hidden": [5, 4],
        "optimizer__batch_size": 8,
        "evaluation__validation_fraction": 0.25,
        "evaluation__test_fraction": 0,
    } | settings
    data = drawn(rows, 3, classes)
    one, other = (loop_on(data, **settings, model__kernel=k) for k in ("numpy", "compiled"))
    assert one.learner.kernel.name == "numpy"
    assert other.learner.kernel.name == "compiled"
    return one, other


def away(one: Any, other: Any) -> float:
    """The largest distance, in terms of the largest number."""
    one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
    assert one.shape == other.shape
    if not one.size:
        return 0.0
    assert np.isfinite(one).all()
    return float(np.abs(one - other).max() / max(np.abs(one).max(), 1e-300))


def arrays(record: TurnRecord) -> dict[str, Any]:
    """What a turn has made, by name."""
    found = {name: getattr(record, name) for name in ("vote", "price", "loss", "gradient",
             "penalty_gradient", "gradient_norm", "clip_factor", "step", "theta_after",
             "slots_after")}  # fmt: skip
    for name in ("mask", "z", "hidden", "a", "delta"):
        found |= {f"{name} {i}": array for i, array in enumerate(getattr(record, name))}
    return found


def agree(loops: tuple[LearningLoop, LearningLoop], updates: int = 4) -> None:
    """Update by update the same; after each the compiled kernel goes on from numpy's state."""
    one, other = loops
    close = CLOSE[one.learner.kernel.dtype.name]
    for _ in range(updates):
        one.step(StepSize.UPDATE)
        other.step(StepSize.UPDATE)
        assert one.failure is other.failure is None
        assert one.record is not None
        assert other.record is not None
        assert np.array_equal(one.record.rows, other.record.rows)
        mine, theirs = arrays(one.record), arrays(other.record)
        assert mine.keys() == theirs.keys()
        for name, array in mine.items():
            assert away(array, theirs[name]) <= close, name
        for check in ("train", "validation"):
            mine, theirs = (loop.evaluate(check) for loop in loops)
            assert away(mine.loss, theirs.loss) <= close, check
            for name, value in mine.metrics.items():
                # R² is a difference from 1.
                assert value == theirs.metrics[name] or abs(value - theirs.metrics[name]) <= close
        other.learner.kernel.theta[:] = one.learner.kernel.theta
        other.learner.kernel.slots[:] = one.learner.kernel.slots
    for name in one.updates.names:
        mine, theirs = (loop.updates.column(name)[1] for loop in loops)
        assert away(mine, theirs) <= close, name
    assert np.abs(one.updates.column("step")[1]).max() > 0


def forms(loss: str) -> list[int]:
    """The numbers of classes that a loss is tried with; 0 for numbers."""
    part = LOSSES[loss]
    return [0] * part.for_numbers + [2, 3] * part.for_classes


@pytest.mark.parametrize("loss", LOSSES.names)
@pytest.mark.parametrize("activation", ACTIVATIONS.names)
def test_every_activation_with_every_loss(activation: str, loss: str) -> None:
    for classes in forms(loss):
        agree(pair(classes, model__activation=activation, loss__name=loss, loss__delta=0.6), 2)


EXTRAS: dict[str, dict[str, Any]] = {
    "penalties": {"loss__l1": 0.01, "loss__l2": 0.03},
    "clipping": {"optimizer__clip_norm": 0.05},
    "dropout": {"model__dropout": 0.4},
    "class weights": {"loss__class_weights": [1.0, 0.2, 3.0]},
}


@pytest.mark.parametrize("extra", ["plain", *EXTRAS, "all"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS.names)
def test_every_optimizer_with_all_that_bears_on_a_step(optimizer: str, extra: str) -> None:
    settings: dict[str, Any] = {"optimizer__name": optimizer, "loss__name": "cross_entropy"}
    for name, more in EXTRAS.items():
        settings |= more if extra in (name, "all") else {}
    agree(pair(3, **settings), 8)


@pytest.mark.parametrize(("one", "other"), list(combinations(EXTRAS, 2)))
def test_every_two_extras_together(one: str, other: str) -> None:
    agree(pair(3, loss__name="hinge", **EXTRAS[one], **EXTRAS[other]))


@pytest.mark.parametrize("schedule", SCHEDULES.names)
def test_every_schedule(schedule: str) -> None:
    settings = {"optimizer__step_epochs": 1, "optimizer__warmup_epochs": 2, "optimizer__period": 3}
    loops = pair(2, loss__name="hinge", optimizer__schedule=schedule, optimizer__batch_size=30,
                 **settings)  # fmt: skip
    agree(loops, 9)
    rates = {loops[1].learner.rate(epoch) for epoch in range(5)}
    assert (len(rates) == 1) == (schedule == "constant")


@pytest.mark.parametrize("hidden", [[], [1], [7, 2], [3] * 3, [2, 9, 1, 4], [4] * 5, [3] * 6])
@pytest.mark.parametrize("dropout", [0.0, 0.25])
def test_any_depth(hidden: list[int], dropout: float) -> None:
    names = list(ACTIVATIONS.names[: len(hidden)]) or "tanh"
    agree(pair(3, model__hidden=hidden, model__activation=names, model__dropout=dropout,
               loss__name="cross_entropy"))  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 44, 45, 46, 10_000])
def test_any_batch(size: int) -> None:
    loops = pair(2, loss__name="binary_cross_entropy", optimizer__batch_size=size)
    agree(loops)
    assert loops[1].record is not None
    # The fourth batch of 44 is the rest of the second epoch.
    assert len(loops[1].record.rows) == {44: 1}.get(size, min(size, 45))


@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "binary_cross_entropy", "hinge"])
def test_any_number_of_outputs(loss: str) -> None:
    part, seen = LOSSES[loss], set()
    for classes in [0] * part.for_numbers + list(range(2, 13)):
        loops = pair(classes, loss__name=loss)
        seen.add(loops[0].problem.outputs)
        agree(loops, 3)
    # Two classes have one score or two, as the loss will have it.
    least = {1} if part.one_score or part.for_numbers else set()
    assert seen == (least | set(range(2, 13))) - ({2} if part.one_score else set())


@pytest.mark.parametrize("optimizer", OPTIMIZERS.names)
def test_float32(optimizer: str) -> None:
    for activation in ACTIVATIONS.names:
        agree(pair(3, model__dtype="float32", model__activation=activation, loss__l2=0.01,
                   loss__name="cross_entropy", optimizer__name=optimizer))  # fmt: skip


def test_a_wide_layer_and_more_rows_than_a_check_looks_at_together() -> None:
    """Parameters of more than one piece, and parts of more than one row of buffers."""
    agree(pair(0, rows=900, model__hidden=[210, 200], optimizer__batch_size=64,
               optimizer__name="adam", loss__name="huber"), 2)  # fmt: skip


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
@pytest.mark.parametrize("made", [12_345, 1_000_000])
def test_adams_corrections_after_many_updates(optimizer: str, made: int) -> None:
    """A power by repeated products would be wrong in the fourth digit from the last by then."""
    loops = pair(0, optimizer__name=optimizer, optimizer__beta2=0.9999, optimizer__beta1=0.9999)
    for loop in loops:
        loop.run(3)
        loop.learner.count = made
    for loop in loops[1:]:
        loop.learner.kernel.theta[:] = loops[0].learner.kernel.theta
        loop.learner.kernel.slots[:] = loops[0].learner.kernel.slots
    one, other = (loop.learner.kernel for loop in loops)
    for kernel in (one, other):
        kernel.grad[:] = np.linspace(-1, 1, len(kernel.grad))
        kernel.apply(optimizer, loops[0].settings.optimizer, 0.01, made)
    assert away(one.step, other.step) <= 1e-14


def test_that_the_measure_finds_a_wrong_digit() -> None:
    one, other = pair()
    other.learner.kernel.theta[3] *= 1 + 1e-11
    with pytest.raises(AssertionError):
        agree((one, other), 1)
