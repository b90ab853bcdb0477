"""Loss curves, the batch's worst, the epoch's order, and what the model gets wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from core.experiment import Experiment
from core.explain.lenses.epoch import batch_losses
from core.loop import LearningLoop
from core.losses import LOSSES
from core.stages import StepSize
from tests.core.hand import CASES, Hand, near, stopped_loop
from tests.core.lenses.look import look

ONE = {
    "binary_cross_entropy": lambda s, y: math.log1p(math.exp(-s if y else s)),
    "hinge": lambda s, y: max(0.0, 1 - (2 * y - 1) * s),
    "mse": lambda s, y: (s - y) ** 2,
    "mae": lambda s, y: abs(s - y),
    "huber": lambda s, y: 0.5 * (s - y) ** 2 if abs(s - y) <= 1 else abs(s - y) - 0.5,
}  # fmt: skip


def by_hand(name: str, scores: list[float], y: list[float]) -> float:
    if name == "cross_entropy":
        return math.log(sum(map(math.exp, scores))) - scores[y.index(1.0)]
    return sum(ONE[name](s, t) for s, t in zip(scores, y, strict=True)) / len(y)


@pytest.mark.parametrize("name", CASES)
def test_every_losss_curve_in_plain_python(name: str) -> None:
    loop = stopped_loop(CASES[name])
    record, problem = loop.record, loop.problem
    assert record is not None
    for place in (0, 3):
        found = look(loop, "losses", int(record.rows[place]))
        scores, y = record.scores[place].tolist(), record.y[place].tolist()
        output = y.index(1.0) if len(y) > 1 else 0
        assert found["target"] == y[output]
        assert found["sample_score"] == scores[output]
        near(found["sample_price"], record.price[place])  # type: ignore[index]
        near(found[f"price_{problem.loss.name}"], found["sample_price"])
        near(found["slope"], Hand(loop).batch()[place][4][-1][output])
        curves = {key.removeprefix("curve_") for key in found if key.startswith("curve_")}
        assert problem.loss.name in curves
        assert len(curves) >= 3
        for loss in curves:
            near(found[f"price_{loss}"], by_hand(loss, scores, y))
            for k in (0, 80, 123, 160):
                moved = [*scores]
                moved[output] = float(found["score"][k])
                near(found[f"curve_{loss}"][k], by_hand(loss, moved, y), 1e-11)


def test_the_losses_that_can_price_the_same_scores() -> None:
    def names(tables: dict[str, Any]) -> set[str]:
        found = look(stopped_loop(tables), "losses")
        return {key.removeprefix("curve_") for key in found if key.startswith("curve_")}

    everything = set(LOSSES.names)
    assert names(CASES["one output"]) == everything - {"cross_entropy"}
    assert names(CASES["three classes"]) == everything
    assert names(CASES["regression"]) == {"mse", "mae", "huber"}
    assert names(CASES["squared error of classes"]) == everything - {
        "binary_cross_entropy",
        "hinge",
    }


@pytest.mark.parametrize("name", CASES)
def test_the_axis_holds_batch_sample_and_target(name: str) -> None:
    loop = stopped_loop(CASES[name])
    assert loop.record is not None
    outside = int(loop.problem.parts.validation[1])
    for row in (int(loop.record.rows[2]), outside):
        found = look(loop, "losses", row)
        axis, target = found["score"], float(found["target"])
        assert axis.shape == (161,)
        assert (np.diff(axis) > 0).all()
        output = int(loop.problem.y[row].argmax()) if loop.problem.outputs > 1 else 0
        seen = [*loop.record.scores[:, output], float(found["sample_score"]), target]
        assert axis[0] < min(seen)
        assert axis[-1] > max(seen)
        if loop.problem.classes:
            assert axis[0] < -3 < 3 < axis[-1]


@pytest.mark.parametrize("name", CASES)
def test_the_batch_worst_first(name: str) -> None:
    loop = stopped_loop(CASES[name])
    record, found = loop.record, look(loop, "losses")
    assert record is not None
    prices = [sample[3] for sample in Hand(loop).batch()]
    order = sorted(range(len(prices)), key=lambda k: -prices[k])
    assert found["sorted_places"].tolist() == order
    near(found["sorted_prices"], [prices[k] for k in order])
    assert found["sorted_rows"].tolist() == [int(record.rows[k]) for k in order]
    assert found["sorted_votes"].tolist() == [float(record.vote[k]) for k in order]
    running, total = 0.0, sum(v * p for v, p in zip(record.vote.tolist(), prices, strict=True))
    for share, k in zip(found["cumulative_share"], order, strict=True):
        running += float(record.vote[k]) * prices[k]
        near(share, running / total)
    assert found["cumulative_share"][-1] == 1
    if not loop.problem.classes:
        assert "sorted_right" not in found
        return
    truth = loop.problem.dataset.target[record.rows]
    assert record.prediction is not None
    right = [bool(record.prediction[k] == truth[k]) for k in order]
    assert found["sorted_right"].tolist() == right


def small(**optimizer: Any) -> LearningLoop:
    """30 training samples in batches of 4: eight batches an epoch, the last one of 2."""
    tables: dict[str, Any] = {"data": {"source": "circle", "samples": 60}, "model": {"hidden": [2]}}
    tables["optimizer"] = {"batch_size": 4, **optimizer}
    return LearningLoop(Experiment.from_dict(tables))


def test_the_order_is_what_the_batches_were() -> None:
    loop, batches = small(), []
    for _ in range(8):
        loop.step(StepSize.UPDATE)
        assert loop.record is not None
        batches.append((loop.record.turn, loop.record.loss, loop.record.rows.tolist()))
        found = look(loop, "epoch")
        for number, (_, _, rows) in enumerate(batches):
            assert found["rows"][found["batch"] == number].tolist() == rows
        assert found["this_batch"] == len(batches) - 1
        assert found["batches"] == 8
        assert found["place"] == 4 * (len(batches) - 1)
        assert found["done"] == min(30, 4 * len(batches))
        assert found["updates"].tolist() == [b[0] for b in batches]
        assert found["losses"].tolist() == [b[1] for b in batches]
    assert sorted(found["rows"].tolist()) == loop.problem.parts.train.tolist()
    target = loop.problem.dataset.target
    np.testing.assert_array_equal(found["classes"], target[found["rows"]])
    np.testing.assert_array_equal(found["source_rows"], loop.problem.dataset.rows[found["rows"]])
    # Stage 8 of the eighth turn has begun the next epoch, of which nothing is done.
    assert [len(part) for part in batch_losses(loop)] == [0, 0]
    loop.step(StepSize.UPDATE)
    assert look(loop, "epoch")["updates"].tolist() == [9]


def test_an_epoch_gone_back_into_ends_at_the_turn_at_hand() -> None:
    loop = small()
    loop.run(20)
    loop.go_to(11)
    assert look(loop, "epoch")["updates"].tolist() == [9, 10, 11]
    assert batch_losses(loop)[0].tolist() == [9, 10, 11]


def test_batches_after_live_changes_of_the_batch_size() -> None:
    loop = small()
    loop.run(10)
    loop.change([("optimizer.batch_size", 7)])
    loop.run(2)
    loop.change([("optimizer.batch_size", 3)])
    loop.run(1)
    found = look(loop, "epoch")
    # Turns 9 and 10 in fours, 11 and 12 in sevens, the last 8 samples in threes.
    assert np.bincount(found["batch"]).tolist() == [4, 4, 7, 7, 3, 3, 2]
    assert found["this_batch"] == 4
    assert found["updates"].tolist() == [9, 10, 11, 12, 13]
    loop.run(3)
    later = look(loop, "epoch")
    assert np.bincount(later["batch"]).tolist() == [3] * 10
    assert later["updates"].tolist() == [16]


def test_the_shuffle_that_was_switched_off_holds_from_the_next_epoch() -> None:
    loop = small()
    loop.run(3)
    loop.change([("optimizer.shuffle", False)])
    loop.run(2)
    found, record = look(loop, "epoch"), loop.record
    assert record is not None
    assert found["rows"][16:20].tolist() == record.rows.tolist()
    assert found["rows"].tolist() != loop.problem.parts.train.tolist()
    loop.run(4)
    assert look(loop, "epoch")["rows"].tolist() == loop.problem.parts.train.tolist()


@pytest.mark.parametrize("name", CASES)
def test_what_the_model_gets_wrong(name: str) -> None:
    loop = stopped_loop(CASES[name])
    found, problem = look(loop, "wrong"), loop.problem
    record = loop.record
    assert record is not None
    hand = Hand(loop, record.theta_after)
    mistakes = []
    for row in problem.parts.validation.tolist():
        scores = hand.forward(problem.x[row, :-1].tolist(), [])[2][-1]
        price, _ = hand.price(scores, problem.y[row].tolist())
        truth = float(problem.dataset.target[row])
        if problem.classes:
            guess = float(scores.index(max(scores)) if len(scores) > 1 else scores[0] > 0)
        else:
            guess = float(problem.representation.inverse_target(np.array(scores))[0])
        if guess != truth or not problem.classes:
            mistakes.append((price, row, truth, guess, chance(hand.loss, scores, int(guess))))
    mistakes.sort(key=lambda mistake: -mistake[0])
    assert found["rows"].tolist() == [m[1] for m in mistakes]
    for k, key in enumerate(("price", "rows", "truth", "guess", "probability")):
        near(found[key], [m[k] for m in mistakes])
    assert found["count"] == len(mistakes)
    assert found["looked"] == found["size"] == len(problem.parts.validation)
    assert found["validation"]


def chance(loss: str, scores: list[float], guess: int) -> float:
    if loss == "mse":
        return math.nan
    if loss == "binary_cross_entropy":
        return 1 / (1 + math.exp(-scores[0] if guess else scores[0]))
    return math.exp(scores[guess]) / sum(map(math.exp, scores))


def test_without_validation_the_training_part_and_never_the_test_part() -> None:
    tables = {"data": {"source": "spiral", "samples": 60}}
    loop = stopped_loop(tables | {"evaluation": {"validation_fraction": 0.0}})
    found = look(loop, "wrong")
    assert not found["validation"]
    assert len(found["rows"])
    assert set(found["rows"].tolist()) <= set(loop.problem.parts.train.tolist())


def test_mistakes_are_those_of_the_present_parameters() -> None:
    loop = stopped_loop(CASES["one output"])
    # A bias so large that every sample is given the second class.
    loop.change([("bias_1[0]", 1e6)])
    found, problem = look(loop, "wrong"), loop.problem
    first = [r for r in problem.parts.validation if problem.dataset.target[r] == 0]
    assert sorted(found["rows"].tolist()) == first
    assert (found["guess"] == 1).all()


def test_mistakes_before_the_first_turn() -> None:
    loop = small()
    assert loop.record is None
    found = look(loop, "wrong")
    assert found["looked"] == len(loop.problem.parts.validation)
    there = loop.evaluate("validation")
    assert there.correct is not None
    assert found["count"] == there.rows - there.correct


def test_at_most_two_hundred_mistakes_are_listed() -> None:
    loop = stopped_loop({"data": {"source": "sine", "samples": 1000}})
    found = look(loop, "wrong")
    assert found["count"] == found["looked"] == 250
    assert len(found["rows"]) == 200
    assert (np.diff(found["price"]) <= 0).all()
