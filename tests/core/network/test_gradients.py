"""One backward pass against nudging every parameter both ways, in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from core.loop import LearningLoop
from core.losses import LOSSES
from core.network.activations import ACTIVATIONS
from core.record import TurnRecord
from tests.core.network.building import KERNELS, drawn, loop_on

NUDGE = 1e-5
EXTRAS: dict[str, dict[str, Any]] = {
    "plain": {},
    "extras": {"loss__l1": 0.01, "loss__l2": 0.02, "model__dropout": 0.4},
}


def forms(loss: str) -> list[int]:
    """The numbers of classes that a loss is tried with; 0 for numbers."""
    part = LOSSES[loss]
    return [0] * part.for_numbers + [2, 3] * part.for_classes


def standing_at_gradients(classes: int, **settings: Any) -> LearningLoop:
    """A loop at stage 5 of its first turn, biases drawn too (zeros would sit on relu's kink)."""
    data = drawn(24, 3, classes)
    loop = loop_on(
        data,
        model__hidden=[5, 4],
        optimizer__batch_size=12,
        evaluation__validation_fraction=0,
        evaluation__test_fraction=0,
        **settings,
    )
    loop.learner.kernel.theta[:] = np.random.default_rng(5).uniform(-1, 1, loop.learner.parameters)
    for _ in range(5):
        loop.step()
    assert loop.record is not None
    return loop


def nudged(loop: LearningLoop) -> np.ndarray:
    """The gradient by central differences, with the turn's own batch and mask."""
    learner, record = loop.learner, loop.record
    assert record is not None
    tape, kernel, loss = learner.kernel.tape(len(record.rows)), learner.kernel, loop.settings.loss

    def objective(theta: np.ndarray) -> float:
        kernel.theta[:] = theta
        for op in [op for layer in tape.forward for op in layer] + list(tape.measure):
            op()
        return float(tape.vote.dot(tape.price)) + kernel.penalty(loss.l1, loss.l2)

    found = np.empty(learner.parameters)
    for i in range(learner.parameters):
        up, down = record.theta.copy(), record.theta.copy()
        up[i] += NUDGE
        down[i] -= NUDGE
        found[i] = (objective(up) - objective(down)) / (up[i] - down[i])
    kernel.theta[:] = record.theta
    return found


def error(loop: LearningLoop) -> float:
    """Norm of the difference over norm of the gradient."""
    record: TurnRecord | None = loop.record
    assert record is not None
    assert record.gradient is not None
    assert record.penalty_gradient is not None
    found = nudged(loop)
    norm = np.linalg.norm(found)
    assert norm > 1e-3
    return float(np.linalg.norm(record.gradient + record.penalty_gradient - found) / norm)


@pytest.mark.parametrize("extras", EXTRAS)
@pytest.mark.parametrize(
    ("loss", "classes"), [(loss, k) for loss in LOSSES.names for k in forms(loss)]
)
@pytest.mark.parametrize("activation", ACTIVATIONS.names)
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_activation_with_every_loss(
    kernel: str, activation: str, loss: str, classes: int, extras: str
) -> None:
    settings = EXTRAS[extras] | {"model__kernel": kernel}
    if classes and EXTRAS[extras]:
        settings["loss__class_weights"] = [1.0, 2.5, 0.4][:classes]
    loop = standing_at_gradients(
        classes, model__activation=activation, loss__name=loss, loss__delta=0.7, **settings
    )
    one_score = not classes or (classes == 2 and LOSSES[loss].one_score)
    assert loop.problem.outputs == (1 if one_score else classes)
    assert error(loop) <= 1e-7


@pytest.mark.parametrize("hidden", [[], [1], [7], [3, 2, 3, 2]])
@pytest.mark.parametrize("kernel", KERNELS)
def test_any_depth(kernel: str, hidden: list[int]) -> None:
    names = ACTIVATIONS.names[: len(hidden)]
    loop = loop_on(
        drawn(24, 2, 3),
        model__hidden=hidden,
        model__activation=list(names),
        loss__name="cross_entropy",
        model__kernel=kernel,
    )
    for _ in range(5):
        loop.step()
    assert error(loop) <= 1e-7


@pytest.mark.parametrize("activation", [a for a in ACTIVATIONS.names if a != "linear"])
def test_that_a_broken_activation_slope_is_found(
    activation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = ACTIVATIONS[activation]

    def broken(z: np.ndarray, a: np.ndarray, d: np.ndarray, s: np.ndarray) -> None:
        part.slope(z, a, d, s)
        d *= 1.001

    monkeypatch.setitem(ACTIVATIONS._parts, activation, replace(part, slope=broken))
    loop = standing_at_gradients(
        3, model__activation=activation, loss__name="cross_entropy", model__kernel="numpy"
    )
    assert error(loop) > 1e-5


@pytest.mark.parametrize("loss", LOSSES.names)
def test_that_a_broken_loss_slope_is_found(loss: str, monkeypatch: pytest.MonkeyPatch) -> None:
    part = LOSSES[loss]
    slope: Callable[..., object] = part.slope

    def broken(s: np.ndarray, y: np.ndarray, d: np.ndarray, w: Any) -> None:
        slope(s, y, d, w)
        d *= 1.001

    monkeypatch.setitem(LOSSES._parts, loss, replace(part, slope=broken))
    loop = standing_at_gradients(
        3, model__activation="tanh", loss__name=loss, model__kernel="numpy"
    )
    assert error(loop) > 1e-5


@pytest.mark.parametrize("kernel", KERNELS)
def test_float32_gradient_is_near_the_float64_one(kernel: str) -> None:
    one, other = (
        standing_at_gradients(
            3, loss__name="cross_entropy", model__dtype=dtype, model__kernel=kernel
        )
        for dtype in ("float64", "float32")
    )
    assert one.record is not None
    assert other.record is not None
    assert other.record.gradient is not None
    assert other.record.gradient.dtype == np.float32
    np.testing.assert_allclose(other.record.gradient, one.record.gradient, rtol=1e-3, atol=1e-6)


def test_slopes_at_the_kinks_are_those_of_pytorch() -> None:
    at = {"relu": 0.0, "leaky_relu": 0.01, "elu": 1.0}
    for name, dtype in product(at, (np.float64, np.float32)):
        z, scratch = np.zeros((1, 1), dtype), np.empty((1, 1), dtype)
        a, d = np.empty_like(z), np.empty_like(z)
        ACTIVATIONS[name].forward(z, a, scratch)
        ACTIVATIONS[name].slope(z, a, d, scratch)
        assert d[0, 0] == dtype(at[name])
