"""Every stage's arrays against a calculation in plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from core.explain import Context, explain, explain_stage, nudged_gradient
from core.explain.numbers import change, number
from core.explain.objective import total_gradient
from core.loop import LearningLoop
from core.stages import Stage
from tests.core.hand import CASES, Hand, arrays_of, near, stopped_loop


@pytest.fixture(params=CASES, scope="module")
def loop(request: pytest.FixtureRequest) -> LearningLoop:
    return stopped_loop(CASES[request.param])


def test_a_sample_of_the_batch_by_hand(loop: LearningLoop) -> None:
    record = loop.record
    assert record is not None
    by_hand = Hand(loop).batch()
    for place, (x, zs, outs, loss, deltas) in enumerate(by_hand):
        found = arrays_of(explain(loop, int(record.rows[place])))
        near(found[Stage.REPRESENT]["x"], x)
        for i, (z, a, delta) in enumerate(zip(zs, outs, deltas, strict=True)):
            near(found[Stage.TRANSFORM][f"z_{i}"], z)
            near(found[Stage.TRANSFORM][f"a_{i}"], a)
            near(found[Stage.BACKPROPAGATE][f"delta_{i}"], delta)
        near(found[Stage.LOSS]["sample_loss"], loss)
        truth, guess = found[Stage.PREDICT]["truth"], found[Stage.PREDICT]["prediction"]
        target = loop.problem.dataset.target[record.rows[place]]
        assert truth == target
        scores = outs[-1]
        if loop.problem.classes:
            best = scores.index(max(scores)) if len(scores) > 1 else int(scores[0] > 0)
            assert guess == best
        else:
            stats = loop.problem.representation.target_stats
            near(guess, scores[0] * stats.width[0] + stats.center[0])


def test_gradient_and_step_by_hand(loop: LearningLoop) -> None:
    record = loop.record
    assert record is not None
    hand, settings = Hand(loop), record.settings.loss
    votes, samples = record.vote.tolist(), Hand(loop).batch()
    found = arrays_of(explain(loop, int(record.rows[0])))
    penalized = bool(settings.l1 or settings.l2)
    for i, (weight, bias) in enumerate(zip(hand.weights, hand.biases, strict=True)):
        data = [[0.0] * len(bias) for _ in weight]
        data_bias = [0.0] * len(bias)
        for vote, (x, _, outs, _, deltas) in zip(votes, samples, strict=True):
            given = outs[i - 1] if i else x
            for c, delta in enumerate(deltas[i]):
                data_bias[c] += vote * delta
                for r, value in enumerate(given):
                    data[r][c] += vote * value * delta
        total = [
            [
                g + settings.l1 * ((w > 0) - (w < 0)) + settings.l2 * w
                for g, w in zip(gs, ws, strict=True)
            ]
            for gs, ws in zip(data, weight, strict=True)
        ]
        for stage in (Stage.GRADIENTS, Stage.BACKPROPAGATE, Stage.UPDATE):
            near(found[stage][f"gradient_weight_{i}"], total)
            near(found[stage][f"gradient_bias_{i}"], data_bias)
            assert (f"data_gradient_weight_{i}" in found[stage]) == penalized
            if penalized:
                near(found[stage][f"data_gradient_weight_{i}"], data)
        update = found[Stage.UPDATE]
        near(update[f"step_weight_{i}"], [[-0.2 * g for g in row] for row in total])
        near(update[f"step_bias_{i}"], [-0.2 * g for g in data_bias])
        near(update[f"weight_after_{i}"], update[f"weight_{i}"] + update[f"step_weight_{i}"])
        near(update[f"bias_after_{i}"], update[f"bias_{i}"] + update[f"step_bias_{i}"])


def test_the_samples_shares_make_up_the_data_gradient(loop: LearningLoop) -> None:
    record = loop.record
    assert record is not None
    assert record.gradient is not None
    shares = [
        explain_stage(Context.of(loop), Stage.BACKPROPAGATE, int(row)).arrays for row in record.rows
    ]
    for i in range(record.layout.layers):
        weight, bias = (
            sum(share[f"sample_gradient_{kind}_{i}"] for share in shares)
            for kind in ("weight", "bias")
        )
        near(weight, record.layout.weight(record.gradient, i))
        near(bias, record.layout.bias(record.gradient, i))


def test_nudges_agree_with_the_backward_pass(loop: LearningLoop) -> None:
    record = loop.record
    assert record is not None
    nudges, total = nudged_gradient(Context.of(loop)), total_gradient(record)
    assert np.linalg.norm(nudges.gradient - total) <= 1e-7 * np.linalg.norm(total)
    assert nudges.passes == nudges.all_passes == 2 * len(total)


def test_promise_and_delivery_by_hand(loop: LearningLoop) -> None:
    record = loop.record
    assert record is not None
    assert record.step is not None
    before, after = Hand(loop), Hand(loop, record.theta_after)
    found = explain_stage(loop, Stage.UPDATE, int(record.rows[0])).arrays
    near(found["objective_before"], before.objective())
    near(found["objective_after"], after.objective())
    near(found["delivered"], after.objective() - before.objective())
    promised = sum(
        g * s for g, s in zip(total_gradient(record).tolist(), record.step.tolist(), strict=True)
    )
    near(found["promised"], promised)
    near(found["train_loss_after"], loop.evaluate("train").loss)


def test_a_sample_outside_the_batch_by_hand(loop: LearningLoop) -> None:
    record, row = loop.record, int(loop.problem.parts.validation[0])
    assert record is not None
    stages = explain(loop, row)
    found = arrays_of(stages)
    hand, problem = Hand(loop), loop.problem
    x, y = problem.x[row, :-1].tolist(), problem.y[row].tolist()
    zs, hs, outs = hand.forward(x, [])
    loss, delta = hand.price(outs[-1], y)
    near(found[Stage.REPRESENT]["x"], x)
    for i, own in enumerate(hand.backward(hs, delta, [])):
        near(found[Stage.TRANSFORM][f"z_{i}"], zs[i])
        near(found[Stage.BACKPROPAGATE][f"delta_{i}"], own)
        near(found[Stage.BACKPROPAGATE][f"sample_gradient_bias_{i}"], [0.0] * len(own))
        assert f"mask_{i}" not in found[Stage.TRANSFORM]
    near(found[Stage.LOSS]["sample_loss"], loss)
    inside = arrays_of(explain(loop, int(record.rows[0])))
    for name in ("gradient_weight_0", "step_weight_0"):
        np.testing.assert_array_equal(found[Stage.UPDATE][name], inside[Stage.UPDATE][name])
    assert found[Stage.BACKPROPAGATE]["vote"] == 0
    assert all("no vote in this update" in stage.sentence for stage in stages[:7])


def test_every_sentence_is_one_line_with_the_arrays_own_numbers(loop: LearningLoop) -> None:
    record = loop.record
    assert record is not None
    stages = {stage.stage: stage for stage in explain(loop, int(record.rows[1]))}
    assert list(stages) == list(Stage)
    for stage in stages.values():
        assert stage.sentence.endswith(".")
        assert "\n" not in stage.sentence + stage.formula + stage.worked
        assert "nan" not in stage.sentence
        assert stage.formula
        assert "no vote" not in stage.sentence
        assert not any(array.flags.writeable for array in stage.arrays.values())
    shown = stages[Stage.LOSS]
    for name in ("sample_loss", "batch_loss"):
        assert number(shown.arrays[name]) in shown.sentence
    assert number(shown.arrays["sample_loss"]) in shown.worked
    step = stages[Stage.UPDATE]
    for name in ("promised", "delivered"):
        assert change(step.arrays[name]) in step.sentence
    look = stages[Stage.EVALUATE]
    for name in ("train_loss", "validation_loss"):
        assert number(look.arrays[name]) in look.sentence
