"""The slice along one parameter, and the samples' shares in its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.explain.context import Context
from core.explain.objective import Objective, total_gradient
from core.loop import LearningLoop
from core.stages import StepSize
from tests.core.hand import CASES, Hand, near, stopped_loop
from tests.core.lenses.look import look
from tests.core.network.building import drawn, loop_on

DEEP: dict[str, Any] = {
    "data": {"source": "blobs", "classes": 3, "samples": 60},
    "model": {"hidden": [4, 3, 3], "activation": ["sigmoid", "relu", "tanh"], "dropout": 0.3},
    "loss": {"l1": 0.01, "l2": 0.02, "class_weights": [1.0, 2.0, 3.0]},
}
REST: dict[str, Any] = {
    "data": {"source": "blobs", "classes": 3, "samples": 60},
    "model": {"hidden": [3]},
    "loss": {"name": "binary_cross_entropy"},
}
ALL = CASES | {"deep": DEEP, "one against rest": REST}


@pytest.fixture(params=ALL, scope="module")
def loop(request: pytest.FixtureRequest) -> LearningLoop:
    return stopped_loop(ALL[request.param])


@pytest.fixture(params=CASES, scope="module")
def plain(request: pytest.FixtureRequest) -> LearningLoop:
    return stopped_loop(CASES[request.param])


def some_parameters(loop: LearningLoop) -> list[int]:
    """Of every layer the first and last weight and the last bias."""
    layout, found = loop.learner.layout, []
    for i in range(layout.layers):
        end = layout.offsets[i + 1]
        found += [layout.offsets[i], end - layout.sizes[i + 1] - 1, end - 1]
    return found


def moved(loop: LearningLoop, parameter: int, value: float) -> np.ndarray:
    assert loop.record is not None
    theta = loop.record.theta.astype(np.float64)
    theta[parameter] = value
    return theta


def test_the_batchs_objective_in_plain_python(plain: LearningLoop) -> None:
    for parameter in some_parameters(plain):
        found = look(plain, "slice", parameter=parameter)
        for k in (0, 37, 60, 101, 120):
            hand = Hand(plain, moved(plain, parameter, float(found["values"][k])))
            near(found["objective"][k], hand.objective(), 1e-11)


def test_the_slice_is_the_objective(loop: LearningLoop) -> None:
    objective, record = Objective(Context.of(loop)), loop.record
    assert record is not None
    for parameter in some_parameters(loop):
        found = look(loop, "slice", parameter=parameter)
        values = found["values"]
        for k in (0, 59, 60, 61, 120):
            data, penalty = objective.at(moved(loop, parameter, float(values[k])))
            near(found["data_loss"][k], data, 1e-11)
            near(found["objective"][k], data + penalty, 1e-11)
        at = int(found["at"])
        assert values[at] == found["value"] == record.theta[parameter]
        assert (np.diff(values) > 0).all()
        reach = max(2.0, 2 * abs(record.theta[parameter]))
        near([values[0], values[-1]], [values[at] - reach, values[at] + reach])
        near(found["objective"][at], record.loss + record.penalty)


def test_slope_nudge_and_tangent(loop: LearningLoop) -> None:
    record = loop.record
    assert record is not None
    for parameter in some_parameters(loop):
        found = look(loop, "slice", parameter=parameter)
        nudges = Objective(Context.of(loop)).nudged(np.array([parameter]))
        near(found["nudge_up"], nudges.up[0])
        near(found["nudge_down"], nudges.down[0])
        assert found["nudge"] == nudges.size
        assert found["slope"] == total_gradient(record)[parameter]
        near(found["nudged_slope"], found["slope"], 1e-7)
        near(
            found["tangent"],
            found["objective"][60] + found["slope"] * (found["values"] - found["value"]),
        )


def test_the_whole_training_part_and_the_staircase(loop: LearningLoop) -> None:
    problem, record = loop.problem, loop.record
    assert record is not None
    rows = problem.parts.train
    for parameter in some_parameters(loop):
        found = look(loop, "slice", parameter=parameter)
        assert found["train_rows"] == len(rows)
        for k in (0, 45, 60, 120):
            theta = moved(loop, parameter, float(found["values"][k]))
            there = problem.evaluate(rows, loop.learner.scores(problem.inputs(rows), theta))
            near(found["train_loss"][k], there.loss, 1e-11)
            if problem.classes:
                assert found["train_accuracy"][k] == pytest.approx(there.headline, abs=1e-15)
    if not problem.classes:
        assert np.isnan(found["train_accuracy"]).all()
        assert np.isnan(found["accuracy"]).all()
        return
    assert record.prediction is not None
    right = record.prediction == problem.dataset.target[record.rows]
    assert found["accuracy"][60] == pytest.approx(right.mean(), abs=1e-15)
    steps = set(np.round(found["accuracy"] * len(right), 9).tolist())
    assert steps <= set(range(len(right) + 1))


def test_a_float32_run_is_sliced_in_float64() -> None:
    loop = stopped_loop(
        {
            "data": {"source": "blobs", "classes": 3, "samples": 60},
            "model": {"hidden": [4], "dtype": "float32"},
            "loss": {"l2": 0.1, "class_weights": [1.0, 3.0, 7.0]},
        },
        turn=8,
    )
    # Single precision's votes do not quite sum to 1; in double they are made to.
    assert loop.record is not None
    assert loop.record.vote.sum(dtype=np.float64) != 1
    objective = Objective(Context.of(loop))
    for parameter in some_parameters(loop):
        found = look(loop, "slice", parameter=parameter)
        for k in (0, 60, 120):
            theta = moved(loop, parameter, float(found["values"][k]))
            near(found["objective"][k], sum(objective.at(theta)))
        assert found["objective"].dtype == found["train_loss"].dtype == np.float64
        near(found["nudged_slope"], found["slope"], 1e-5)


def test_accuracy_along_the_slice_in_plain_python() -> None:
    loop = stopped_loop(CASES["three classes"])
    record = loop.record
    assert record is not None
    truth = loop.problem.dataset.target[record.rows].tolist()
    found = look(loop, "slice", parameter=0)
    for k in range(0, 121, 8):
        scores = [s[2][-1] for s in Hand(loop, moved(loop, 0, float(found["values"][k]))).batch()]
        right = [s.index(max(s)) == t for s, t in zip(scores, truth, strict=True)]
        assert found["accuracy"][k] == sum(right) / len(right)


def test_a_wide_network_is_asked_of_a_fixed_sample() -> None:
    data = drawn(3000, 40, 3)
    loop = loop_on(data, model__hidden=[60, 60], optimizer__batch_size=50)
    loop.step(StepSize.UPDATE)
    found = look(loop, "slice", parameter=3)
    again = look(loop, "slice", parameter=3)
    assert 250 <= found["train_rows"] < len(loop.problem.parts.train)
    np.testing.assert_array_equal(found["train_loss"], again["train_loss"])
    whole = loop.evaluate("train").loss
    assert abs(found["train_loss"][60] - whole) < 0.1 * whole


def test_shares_in_plain_python(plain: LearningLoop) -> None:
    record = plain.record
    assert record is not None
    layout, samples = record.layout, Hand(plain).batch()
    for i in range(layout.layers):
        inputs, outputs = layout.sizes[i], layout.sizes[i + 1]
        for row, unit in ((0, 0), (inputs - 1, outputs - 1), (inputs, outputs - 1)):
            parameter = layout.offsets[i] + row * outputs + unit
            shares = look(plain, "shares", parameter=parameter)["sample_share"]
            for share, vote, (x, _, outs, _, deltas) in zip(
                shares, record.vote.tolist(), samples, strict=True
            ):
                given = [*(outs[i - 1] if i else x), 1.0]
                near(share, vote * deltas[i][unit] * given[row])


def test_shares_and_penalty_make_up_the_gradient(loop: LearningLoop) -> None:
    record = loop.record
    assert record is not None
    total = total_gradient(record)
    for parameter in range(len(total)):
        found = look(loop, "shares", parameter=parameter)
        assert found["total"] == total[parameter]
        near(found["sample_share"].sum() + found["penalty_share"], found["total"])
        np.testing.assert_array_equal(found["rows"], record.rows)


def test_parameters_by_their_gradient(loop: LearningLoop) -> None:
    record = loop.record
    assert record is not None
    total = total_gradient(record).tolist()
    by_hand = sorted(range(len(total)), key=lambda p: -abs(total[p]))
    for rank in (0, len(total) // 2, len(total) - 1):
        found = look(loop, "shares", parameter=by_hand[rank])
        assert found["order"].tolist() == by_hand
        assert found["sorted_gradient"].tolist() == [total[p] for p in by_hand]
        above = sum(abs(g) > abs(total[by_hand[rank]]) for g in total)
        assert found["rank"] == 1 + above


def test_of_many_parameters_the_200_largest() -> None:
    loop = loop_on(drawn(40, 9, 3), model__hidden=[20, 10])
    loop.step(StepSize.UPDATE)
    assert loop.record is not None
    size = np.abs(total_gradient(loop.record))
    found = look(loop, "shares", parameter=int(size.argmin()))
    assert len(size) > 200
    assert np.abs(found["sorted_gradient"]).tolist() == sorted(size.tolist(), reverse=True)[:200]
    assert found["rank"] == len(size) - (size == size.min()).sum() + 1


def test_a_dead_unit_is_named_and_so_are_the_parameters_into_it() -> None:
    tables = {
        "data": {"source": "circle", "samples": 40},
        "model": {"hidden": [3, 2], "activation": "relu"},
    }
    loop = stopped_loop(tables)
    loop.change([("bias_0[1]", -1000.0), ("bias_1[0]", 5.0), ("bias_1[1]", 5.0)])
    loop.step(StepSize.UPDATE)
    found = look(loop, "shares")
    assert found["dead_units"].tolist() == [[0, 1]]
    # Of layer 0 (2 inputs, 3 units): both weights and the bias of unit 1.
    into = {1, 4, 7}
    dead = {int(p) for p, d in zip(found["order"], found["dead_parameters"], strict=True) if d}
    assert dead == into
    assert not found["sorted_gradient"][found["dead_parameters"]].any()


def test_nothing_is_dead_where_every_unit_bends() -> None:
    found = look(stopped_loop(CASES["dropout"]), "shares")
    assert found["dead_units"].shape == (0, 2)
    assert not found["dead_parameters"].any()
