"""The neuron's own numbers, and every number of a step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from core.optimizers import OPTIMIZERS
from tests.core.hand import CASES, Hand, near, stopped_loop
from tests.core.lenses.look import look

SMALL = {"source": "circle", "samples": 40}


@pytest.mark.parametrize("name", CASES)
def test_a_neuron_in_plain_python(name: str) -> None:
    loop = stopped_loop(CASES[name])
    record, hand = loop.record, Hand(loop)
    assert record is not None
    for place, (x, _, outs, _, deltas) in enumerate(hand.batch()):
        row = int(record.rows[place])
        for layer in range(record.layout.layers):
            for unit in range(record.layout.sizes[layer + 1]):
                found = look(loop, "neuron", row, (layer, unit))
                near(found["delta"], deltas[layer][unit])
                near(found["blame"] * found["slope"], found["delta"])
                given = outs[layer - 1] if layer else x
                near(found["input"], given)
                near(found["gradient_weight"], [v * deltas[layer][unit] for v in given])
                near(found["gradient_bias"], deltas[layer][unit])
                assert found["vote"] == record.vote[place]
                if layer == record.layout.layers - 1:
                    assert found["slope"] == 1
                    assert len(found["delta_above"]) == len(found["weights_above"]) == 0
                    continue
                near(found["delta_above"], deltas[layer + 1])
                near(found["weights_above"], hand.weights[layer + 1][unit])
                pairs = zip(hand.weights[layer + 1][unit], deltas[layer + 1], strict=True)
                near(found["blame"], sum(w * d for w, d in pairs))


def test_a_neuron_is_asked_for_the_chosen_weight_or_its_largest_input() -> None:
    loop = stopped_loop(CASES["one output"])
    found = look(loop, "neuron", unit=(0, 2), parameter=3 + 2)
    assert found["input_index"] == 1
    assert [int(found["layer"]), int(found["unit"])] == [0, 2]
    elsewhere = look(loop, "neuron", unit=(0, 2), parameter=3 + 1)
    assert elsewhere["input_index"] == np.abs(elsewhere["input"]).argmax()
    bias = look(loop, "neuron", unit=(0, 2), parameter=6 + 2)
    assert bias["input_index"] == np.abs(bias["input"]).argmax()


def test_a_neuron_seen_from_outside_the_batch_has_no_vote() -> None:
    loop = stopped_loop(CASES["dropout"])
    found = look(loop, "neuron", int(loop.problem.parts.validation[0]))
    assert found["vote"] == 0
    near(found["blame"], found["delta_above"] @ found["weights_above"])
    near(found["delta"], found["blame"] * found["slope"])


def by_hand(name: str, f: dict[str, np.ndarray], p: int) -> tuple[float, dict[str, float]]:
    """One parameter's step and slots from the arrays, in plain Python."""
    g, w, rate = float(f["clipped"][p]), float(f["theta_before"][p]), float(f["rate"])
    if name == "sgd":
        return -rate * g, {}
    if name in ("momentum", "nesterov"):
        mu = float(f["momentum"])
        v = mu * float(f["slot_velocity_before"][p]) + g
        return -rate * (v if name == "momentum" else g + mu * v), {"velocity": v}
    eps = float(f["epsilon"])
    if name == "adagrad":
        s = float(f["slot_sum_of_squares_before"][p]) + g * g
        return -rate * g / (math.sqrt(s) + eps), {"sum_of_squares": s}
    beta2 = float(f["beta2"])
    s = beta2 * float(f["slot_mean_square_before"][p]) + (1 - beta2) * g * g
    if name == "rmsprop":
        return -rate * g / (math.sqrt(s) + eps), {"mean_square": s}
    beta1, t = float(f["beta1"]), int(f["count"])
    m = beta1 * float(f["slot_mean_before"][p]) + (1 - beta1) * g
    near(f["corrected_mean"][p], m / (1 - beta1**t), 1e-13)
    near(f["corrected_mean_square"][p], s / (1 - beta2**t), 1e-13)
    corrected, size = float(f["corrected_mean"][p]), float(f["corrected_mean_square"][p])
    step = -rate * corrected / (math.sqrt(size) + eps)
    if name == "adamw":
        near(f["decay"][p], -rate * float(f["weight_decay"]) * w, 1e-15)
        step += float(f["decay"][p])
    return step, {"mean": m, "mean_square": s}


@pytest.mark.parametrize("name", OPTIMIZERS.names)
@pytest.mark.parametrize("clip", [None, 0.05])
def test_every_optimizers_step_follows_from_its_arrays(name: str, clip: float | None) -> None:
    optimizer: dict[str, Any] = {"name": name, "batch_size": 5, "schedule": "warmup"}
    if clip:
        optimizer["clip_norm"] = clip
    loop = stopped_loop(
        {"data": SMALL, "model": {"hidden": [3]}, "loss": {"l2": 0.1}, "optimizer": optimizer}
    )
    record = loop.record
    assert record is not None
    found = look(loop, "step", parameter=4)
    assert found["parameter"] == 4
    norm = math.sqrt(sum(g * g for g in found["gradient"].tolist()))
    factor = min(1.0, clip / (norm + 1e-6)) if clip else 1.0
    assert (factor < 1) == bool(clip)
    assert found["clip_factor"] == pytest.approx(factor, rel=1e-13)
    assert found["count"] == record.turn
    for p, (before, after) in enumerate(
        zip(found["theta_before"].tolist(), found["theta_after"].tolist(), strict=True)
    ):
        assert found["clipped"][p] == found["gradient"][p] * float(found["clip_factor"])
        step, slots = by_hand(name, found, p)
        near(found["step"][p], step, 1e-14)
        assert after == before + float(found["step"][p])
        for slot, value in slots.items():
            near(found[f"slot_{slot}_after"][p], value, 1e-15)
    assert sum(key.startswith("slot_") for key in found) == 2 * len(OPTIMIZERS[name].slots)
    assert ("decay" in found) == (name == "adamw")


def test_an_optimizer_taken_up_in_mid_run_counts_from_one() -> None:
    loop = stopped_loop({"data": SMALL})
    loop.change([("optimizer.name", "adam")])
    loop.step()
    loop.run(1)
    found = look(loop, "step")
    assert found["count"] == 1
    assert not found["slot_mean_before"].any()
    near(found["corrected_mean"], found["clipped"], 1e-15)


def test_a_float32_step_keeps_its_own_bits() -> None:
    loop = stopped_loop(
        {
            "data": SMALL,
            "model": {"dtype": "float32"},
            "loss": {"l1": 0.01},
            "optimizer": {"name": "adamw", "clip_norm": 0.05},
        }
    )
    found = look(loop, "step")
    assert found["clipped"].dtype == found["decay"].dtype == np.float32
    mean = np.float32(found["beta1"]) * found["slot_mean_before"]
    mean += (np.float32(1 - float(found["beta1"]))) * found["clipped"]
    np.testing.assert_array_equal(mean, found["slot_mean_after"])
    np.testing.assert_array_equal(found["theta_before"] + found["step"], found["theta_after"])
