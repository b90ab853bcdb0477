"""Optimizers, schedules, penalties and clipping against plain Python, one number at a time."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sqrt
from typing import Any

import numpy as np
import pytest

from core.network import kernel as kernels
from core.optimizers import OPTIMIZERS, Piece
from core.schedules import SCHEDULES
from core.settings import OptimizerSettings
from core.stages import StepSize
from tests.core.network.building import assert_same, bits, drawn, loop_on

GRADIENTS = (0.5, -2.0, 0.25, 0.0, 1e-3, 7.0)
ODD = {"momentum": 0.6, "beta1": 0.7, "beta2": 0.95, "epsilon": 0.1, "weight_decay": 0.3}
Memory = dict[str, float]


def sgd(w: float, g: float, t: int, m: Memory, rate: float, o: dict[str, float]) -> float:
    return w - rate * g


def momentum(w: float, g: float, t: int, m: Memory, rate: float, o: dict[str, float]) -> float:
    m["v"] = o["momentum"] * m.get("v", 0.0) + g
    return w - rate * m["v"]


def nesterov(w: float, g: float, t: int, m: Memory, rate: float, o: dict[str, float]) -> float:
    m["v"] = o["momentum"] * m.get("v", 0.0) + g
    return w - rate * (g + o["momentum"] * m["v"])


def adagrad(w: float, g: float, t: int, m: Memory, rate: float, o: dict[str, float]) -> float:
    m["s"] = m.get("s", 0.0) + g * g
    return w - rate * g / (sqrt(m["s"]) + o["epsilon"])


def rmsprop(w: float, g: float, t: int, m: Memory, rate: float, o: dict[str, float]) -> float:
    m["s"] = o["beta2"] * m.get("s", 0.0) + (1 - o["beta2"]) * g * g
    return w - rate * g / (sqrt(m["s"]) + o["epsilon"])


def adam(w: float, g: float, t: int, m: Memory, rate: float, o: dict[str, float]) -> float:
    m["m"] = o["beta1"] * m.get("m", 0.0) + (1 - o["beta1"]) * g
    m["s"] = o["beta2"] * m.get("s", 0.0) + (1 - o["beta2"]) * g * g
    mean, square = m["m"] / (1 - o["beta1"] ** t), m["s"] / (1 - o["beta2"] ** t)
    return w - rate * mean / (sqrt(square) + o["epsilon"])


def adamw(w: float, g: float, t: int, m: Memory, rate: float, o: dict[str, float]) -> float:
    return adam(w, g, t, m, rate, o) - rate * o["weight_decay"] * w


RULES: dict[str, Callable[..., float]] = {
    rule.__name__: rule for rule in (sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw)
}


def test_that_every_optimizer_has_its_rule_here() -> None:
    assert set(RULES) == set(OPTIMIZERS.names)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("numbers", [{}, ODD], ids=["default", "odd"])
@pytest.mark.parametrize("name", OPTIMIZERS.names)
def test_steps_by_hand(name: str, numbers: dict[str, float], dtype: type) -> None:
    part = OPTIMIZERS[name]
    settings = OptimizerSettings(name=name, learning_rate=0.1, **numbers)
    own = {"beta2": part.beta2, "epsilon": part.epsilon}
    told = {"momentum": 0.9, "beta1": 0.9, "weight_decay": 0.01, **own, **numbers}
    theta, grad = np.array([0.7, 0.7], dtype), np.zeros(2, dtype)
    slots, out, scratch = (
        np.zeros((len(part.slots), 2), dtype),
        np.empty(2, dtype),
        np.empty(2, dtype),
    )
    expected, memory = 0.7, Memory()
    for t, g in enumerate(GRADIENTS, start=1):
        grad[:] = g, -g
        part.step(Piece(slice(0, 2), out, theta, grad, scratch), slots, settings, 0.1, t)
        theta += out
        expected = RULES[name](expected, g, t, memory, 0.1, told)
        assert theta[0] == pytest.approx(expected, rel=1e-12 if dtype is np.float64 else 1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS.names)
def test_a_zero_gradient_at_first_moves_nothing_but_decay(name: str) -> None:
    part, theta = OPTIMIZERS[name], np.full(3, 2.0)
    settings = OptimizerSettings(name=name, learning_rate=0.1)
    out, slots = np.empty(3), np.zeros((len(part.slots), 3))
    piece = Piece(slice(0, 3), out, theta, np.zeros(3), np.empty(3))
    part.step(piece, slots, settings, 0.1, 1)
    assert out == pytest.approx(np.full(3, -0.1 * 0.01 * 2.0 if name == "adamw" else 0.0))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", OPTIMIZERS.names)
def test_large_vectors_in_pieces_give_the_same_bits(
    name: str, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> dict[str, Any]:
        loop = loop_on(drawn(40, 2, 2), loss__name="hinge", model__hidden=[5, 3],
                       optimizer__name=name, model__dtype=dtype, model__kernel="numpy")  # fmt: skip
        loop.run(12)
        assert loop.record is not None
        step = loop.record.step
        assert step is not None
        assert loop.updates.column("step")[1][-1] == pytest.approx(np.linalg.norm(step), rel=1e-6)
        return bits(loop)

    whole = run()
    monkeypatch.setattr(kernels, "PIECE", 7)
    assert_same(run(), whole)


# -- schedules ---------------------------------------------------------------------------------

FACTORS: dict[str, Callable[[int], float]] = {
    "constant": lambda e: 1.0,
    "step": lambda e: 0.5 ** (e // 3),
    "exponential": lambda e: 0.9**e,
    "cosine": lambda e: (1 + cos(pi * e / 8)) / 2 if e < 8 else 0.0,
    "warmup": lambda e: min(1.0, (e + 1) / 4),
}


def test_that_every_schedule_has_its_factors_here() -> None:
    assert set(FACTORS) == set(SCHEDULES.names)


@pytest.mark.parametrize("name", SCHEDULES.names)
def test_the_rate_of_each_epoch(name: str) -> None:
    loop = loop_on(drawn(40, 2, 2), loss__name="hinge", optimizer__schedule=name,
                   optimizer__learning_rate=0.2, optimizer__batch_size=8,
                   optimizer__step_epochs=3, optimizer__factor=0.5, optimizer__decay=0.9,
                   optimizer__period=8, optimizer__warmup_epochs=4)  # fmt: skip
    for epoch in range(12):
        loop.step(StepSize.UPDATE)
        assert loop.record is not None
        assert loop.record.epoch == epoch
        assert loop.record.rate == pytest.approx(0.2 * FACTORS[name](epoch), rel=1e-12)
        loop.step(StepSize.EPOCH)


# -- clipping and penalties --------------------------------------------------------------------


def test_clipping_shortens_the_whole_gradient_penalty_included() -> None:
    loop = loop_on(drawn(40, 2), model__hidden=[3], loss__name="mse", loss__l2=0.5,
                   optimizer__clip_norm=0.01)  # fmt: skip
    loop.step(StepSize.UPDATE)
    r = loop.record
    assert r is not None
    assert r.gradient is not None
    assert r.penalty_gradient is not None
    assert r.step is not None
    whole = r.gradient + r.penalty_gradient
    norm = np.linalg.norm(whole)
    assert r.gradient_norm == pytest.approx(norm, rel=1e-12)
    assert r.clip_factor == pytest.approx(0.01 / (norm + 1e-6), rel=1e-12)
    np.testing.assert_allclose(r.step, -r.rate * r.clip_factor * whole, rtol=1e-12)


def test_a_short_gradient_is_left_alone() -> None:
    loop = loop_on(drawn(40, 2), loss__name="mse", optimizer__clip_norm=1e6)
    loop.step(StepSize.UPDATE)
    r = loop.record
    assert r is not None
    assert r.gradient is not None
    assert r.clip_factor == 1
    np.testing.assert_allclose(r.step, -r.rate * r.gradient, rtol=1e-12)


def test_the_history_holds_the_norms_by_layer_before_clipping() -> None:
    loop = loop_on(drawn(40, 2), model__hidden=[3], loss__name="mse", loss__l1=0.1,
                   optimizer__clip_norm=0.01)  # fmt: skip
    loop.step(StepSize.UPDATE)
    r = loop.record
    assert r is not None
    assert r.gradient is not None
    whole = r.gradient + r.penalty_gradient
    for i in range(2):
        expected = np.linalg.norm(loop.learner.layout.segment(whole, i))
        assert loop.updates.column(f"gradient_{i}")[1][0] == pytest.approx(expected, rel=1e-12)


def test_penalties_touch_weights_alone_and_stand_apart() -> None:
    loop = loop_on(drawn(40, 2), model__hidden=[3], loss__name="mse", loss__l1=0.2, loss__l2=0.6)
    theta, layout = loop.learner.kernel.theta, loop.learner.layout
    theta[:] = np.linspace(-1, 1, len(theta))
    layout.weight(theta, 0)[0, 0] = 0.0
    loop.step(StepSize.UPDATE)
    r = loop.record
    assert r is not None
    weights = np.concatenate([layout.weight(r.theta, i).ravel() for i in range(2)])
    expected = 0.2 * np.abs(weights).sum() + 0.3 * (weights**2).sum()
    assert r.penalty == pytest.approx(expected, rel=1e-12)
    assert r.price is not None
    assert r.loss == pytest.approx(r.price.mean(), rel=1e-12)
    for i in range(2):
        w = layout.weight(r.theta, i)
        found = layout.weight(r.penalty_gradient, i)
        np.testing.assert_allclose(found, 0.2 * np.sign(w) + 0.6 * w, rtol=1e-12)
        assert not layout.bias(r.penalty_gradient, i).any()
