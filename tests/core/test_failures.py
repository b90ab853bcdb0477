"""Runs that blow up, and networks that do not fit."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from core.errors import InputError
from core.experiment import Experiment
from core.loop import LearningLoop
from core.network import memory
from core.network.layout import Layout
from core.network.memory import memory_estimate, physical_memory
from core.problem import build_problem
from core.stages import Stage, StepSize
from tests.core.network.building import assert_same, bits, curves, dataset, drawn, loop_on

pytestmark = pytest.mark.usefixtures("kernel")


def diverging(dtype: str = "float64") -> LearningLoop:
    return loop_on(drawn(60, 2), model__hidden=[6], model__activation="relu", loss__name="mse",
                   optimizer__learning_rate=30.0, model__dtype=dtype)  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_diverging_run_fails_and_stands_at_the_last_good_update(dtype: str) -> None:
    loop = diverging(dtype)
    loop.run(1000)
    failure = loop.failure
    assert failure is not None
    assert failure.turn == loop.update + 1
    assert not loop.in_turn
    assert loop.head == loop.update == loop.updates.last_update
    assert np.isfinite(loop.learner.kernel.theta).all()
    assert failure.tensor in failure.message
    assert f"turn {failure.turn}" in failure.message
    assert failure.record.turn == failure.turn
    assert loop.record is not None
    assert loop.record.turn == loop.update
    # Stage by stage it comes to the same end.
    slow = diverging(dtype)
    while slow.failure is None:
        slow.step()
    assert slow.failure.message == failure.message
    assert slow.failure.stage is failure.stage
    assert_same(bits(loop), bits(slow))
    assert_same(curves(loop), curves(slow))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_tensor_named_is_the_first_that_went_bad(dtype: str) -> None:
    loop = diverging(dtype)
    loop.run(1000)
    assert loop.failure is not None
    record, stage = loop.failure.record, loop.failure.stage
    found = [(f"z of layer {i + 1}", Stage.TRANSFORM, z) for i, z in enumerate(record.z)]
    if record.price is not None:
        found.append(("the loss", Stage.LOSS, record.price))
    if record.gradient is not None:
        found.append(("the gradient", Stage.GRADIENTS, record.gradient))
    if record.theta_after is not None:
        found.append(("the weights", Stage.UPDATE, record.theta_after))
    bad = [(name, at) for name, at, array in found if not np.isfinite(array).all()]
    assert bad[0] == (loop.failure.tensor, stage)


def test_after_a_failure_steps_do_nothing_and_back_clears_it() -> None:
    loop = diverging()
    loop.run(1000)
    before = bits(loop)
    loop.step()
    assert loop.run(10) == 0
    assert loop.failure is not None
    assert_same(bits(loop), before)
    loop.step_back()
    assert loop.failure is None
    assert_same(bits(loop), before)
    loop.run(1000)
    assert loop.failure is not None
    loop.change([("optimizer.learning_rate", 1e-6)])
    assert loop.failure is None


def test_a_norm_that_alone_overflows_fails_nothing() -> None:
    """Steps of 1e20 are finite in float32, the sum of their squares is not."""

    def build() -> LearningLoop:
        return loop_on(drawn(40, 2), model__hidden=[], loss__name="mae", model__dtype="float32",
                       optimizer__learning_rate=1e20, optimizer__batch_size=3)  # fmt: skip

    fast, slow = build(), build()
    assert fast.run(150) == 150
    assert fast.failure is None
    assert np.isinf(fast.updates.column("step")[1]).any()
    for _ in range(150):
        slow.step(StepSize.UPDATE)
    assert_same(bits(fast), bits(slow))
    assert_same(curves(fast), curves(slow))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "sin"])
def test_both_gears_agree_on_what_an_infinite_sum_does(activation: str) -> None:
    """Tanh and sigmoid flatten an infinite z, and the run goes on; in the others it fails."""

    def build() -> LearningLoop:
        big = [{"update": 0, "field": f"weight_0[0,{j}]", "value": 3e38} for j in range(3)]
        return loop_on(drawn(40, 1, 2), model__hidden=[3], model__activation=activation,
                       loss__name="hinge", model__dtype="float32", change=big)  # fmt: skip

    fast, slow = build(), build()
    fast.run(20)
    while slow.update < 20 and slow.failure is None:
        slow.step(StepSize.UPDATE)
    assert (fast.failure is None) == (activation in ("tanh", "sigmoid"))
    if fast.failure:
        assert slow.failure is not None
        assert fast.failure.message == slow.failure.message
    assert_same(bits(fast), bits(slow))


def test_hinge_forgives_an_infinite_score_that_is_right() -> None:
    data = drawn(40, 1, 2)
    x, target = data.inputs.copy(), data.target
    x[:, 0] = np.where(target == 1, 3.0, -3.0)

    def build() -> LearningLoop:
        return loop_on(dataset(x, target, 2), model__hidden=[], loss__name="hinge",
                       model__dtype="float32",
                       change=[{"update": 0, "field": "weight_0[0,0]", "value": 3.4e38}],
                       representation__scaling="none")  # fmt: skip

    fast, slow = build(), build()
    fast.run(10)
    for _ in range(10):
        slow.step(StepSize.UPDATE)
    assert fast.failure is None
    assert slow.record is not None
    assert np.isinf(slow.record.scores).all()
    assert_same(bits(fast), bits(slow))


# -- refused before anything is made -----------------------------------------------------------


@pytest.mark.parametrize("hidden", [[10_000_000], [10_000_000, 10_000], [1] * 3 + [10**9]])
def test_a_network_that_memory_cannot_hold_is_refused_with_an_estimate(
    hidden: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "physical_memory", lambda: 8 * 2**30)
    experiment = Experiment.from_dict({"model": {"hidden": hidden}})
    problem = build_problem(experiment)
    tracemalloc.start()
    try:
        with pytest.raises(
            InputError, match=r"need about [\d,.]+ GB, this machine has 8"
        ) as caught:
            LearningLoop(experiment, problem)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
    assert caught.value.field == "model.hidden"


def test_this_machine_tells_its_memory() -> None:
    assert 2**28 < physical_memory() < 2**50


def test_the_estimate_grows_with_all_that_needs_memory() -> None:
    def estimate(hidden: int = 100, slots: int = 0, rows: int = 10, dtype: str = "float32") -> int:
        return memory_estimate(Layout((5, hidden, 1)), slots, rows, np.dtype(dtype))

    for more in ({"hidden": 200}, {"slots": 1}, {"rows": 20}, {"dtype": "float64"}):
        assert estimate(**more) > estimate()
    assert estimate(dtype="float64") == 2 * estimate()


def test_a_wide_layer_that_fits_is_not_refused() -> None:
    loop = LearningLoop(Experiment.from_dict({"model": {"hidden": [5000]}}))
    assert loop.learner.parameters == 20_001
