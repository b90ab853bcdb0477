"""What explanations say, of which turn, and how numbers are written in them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.experiment import Experiment
from core.explain import Context, explain, explain_stage, sample_index
from core.explain.numbers import THIN_SPACE, change, number, ordinal, percent, plural
from core.explain.objective import total_gradient
from core.loop import LearningLoop
from core.stages import Stage, StepSize
from tests.core.hand import CASES, Hand, arrays_of, near, stopped_loop


def test_the_chosen_unit_and_parameter_are_the_ones_explained() -> None:
    loop = stopped_loop(CASES["one output"])
    record = loop.record
    assert record is not None
    row = int(record.rows[0])
    told = explain_stage(loop, Stage.TRANSFORM, row, unit=(0, 2))
    assert told.sentence.startswith("Unit 3 of layer 1 ")
    assert number(told.arrays["z_0"][2]) in told.sentence
    place = record.layout.index("weight", 0, (1, 2))
    told = explain_stage(loop, Stage.UPDATE, row, parameter=place)
    assert "weight_0[1,2]" in told.sentence
    assert "from x2 to unit 3 of layer 1" in told.sentence
    old, new = (number(told.arrays[name][1, 2]) for name in ("weight_0", "weight_after_0"))
    rest, _, result = told.worked.rpartition(" = ")
    assert rest.startswith(old)
    assert result == new


def test_backpropagation_in_the_words_of_the_unit() -> None:
    loop = stopped_loop(CASES["one output"])
    assert loop.record is not None
    told = explain_stage(loop, Stage.BACKPROPAGATE, int(loop.record.rows[0]), unit=(0, 1))
    slope = float(told.arrays["slope_0"][1])
    weight = float(loop.record.layout.weight(loop.record.theta, 1)[1, 0])
    near(slope, 1 - float(told.arrays["a_0"][1]) ** 2)
    assert f"reaches unit 2 of layer 1 through its weight ({number(weight)})" in told.sentence
    assert f"so {percent(slope)} of the blame passes through" in told.sentence


def test_a_dead_unit_and_a_dropped_one_pass_no_blame() -> None:
    relu = {**CASES["one output"], "model": {"hidden": [3], "activation": "relu"}}
    loop = LearningLoop(Experiment.from_dict(relu))
    loop.change([("bias_0[0]", -100.0)])
    loop.step(StepSize.UPDATE)
    assert loop.record is not None
    told = explain_stage(loop, Stage.BACKPROPAGATE, int(loop.record.rows[0]), unit=(0, 0)).sentence
    assert "the unit is off" in told
    assert "so no blame passes through" in told
    loop = stopped_loop(CASES["dropout"])
    assert loop.record is not None
    place, unit = np.argwhere(loop.record.mask[0] == 0)[0]
    row = int(loop.record.rows[place])
    told = explain_stage(loop, Stage.BACKPROPAGATE, row, unit=(0, int(unit))).sentence
    assert "dropout has switched the unit off" in told


def test_of_many_parameters_the_largest_are_nudged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.explain.objective.BUDGET", 0.0)
    loop = stopped_loop({**CASES["one output"], "model": {"hidden": [30]}})
    record = loop.record
    assert record is not None
    size = np.abs(total_gradient(record))
    chosen = int(size.argmin())
    told = explain_stage(loop, Stage.GRADIENTS, int(record.rows[0]), parameter=chosen)
    expected = sorted({chosen, *np.argsort(size)[-20:].tolist()})
    assert told.arrays["nudged_parameters"].tolist() == expected
    assert told.arrays["passes"] == 2 * len(expected)
    assert told.arrays["passes_for_all"] == 2 * len(size) == 242
    assert "21 of 121 parameters asked that way took 42 forward passes" in told.sentence
    assert "all would take 242 (about " in told.sentence


@pytest.mark.parametrize("optimizer", ["momentum", "adam", "adamw"])
def test_the_optimizers_memory_is_shown_and_a_clip_is_told(optimizer: str) -> None:
    tables = {**CASES["one output"], "optimizer": {"name": optimizer, "clip_norm": 0.001}}
    loop = stopped_loop(tables)
    record = loop.record
    assert record is not None
    assert record.slots_after is not None
    told = explain_stage(loop, Stage.UPDATE, int(record.rows[0]))
    name = "velocity" if optimizer == "momentum" else "mean"
    np.testing.assert_array_equal(
        told.arrays[f"{name}_weight_0"], record.layout.weight(record.slots_after[0], 0)
    )
    np.testing.assert_array_equal(
        told.arrays[f"{name}_before_bias_1"], record.layout.bias(record.slots[0], 1)
    )
    assert told.arrays["clip_factor"] < 1
    assert f"clipped to {percent(record.clip_factor)}" in told.sentence


def test_float32_sums_hold_to_its_own_precision() -> None:
    tables = {**CASES["three classes"], "model": {"hidden": [4], "dtype": "float32"}}
    loop = stopped_loop(tables)
    assert loop.record is not None
    for place, (_, zs, _, loss, deltas) in enumerate(Hand(loop).batch()):
        found = arrays_of(explain(loop, int(loop.record.rows[place])))
        near(found[Stage.TRANSFORM]["z_1"], zs[1], 1e-5)
        near(found[Stage.LOSS]["sample_loss"], loss, 1e-5)
        near(found[Stage.BACKPROPAGATE]["delta_0"], deltas[0], 1e-5)


def test_stages_that_are_not_done_yet_are_those_of_the_turn_before() -> None:
    loop = stopped_loop(CASES["one output"])
    row = int(loop.problem.parts.train[0])
    before = loop.record
    for _ in range(3):
        loop.step()
    assert loop.record is not before
    seen = explain_stage(loop, Stage.TRANSFORM, row).arrays["weight_0"]
    assert loop.record is not None
    np.testing.assert_array_equal(seen, loop.record.layout.weight(loop.record.theta, 0))
    assert explain_stage(loop, Stage.ITERATE, row).arrays["update"] == 7
    assert [stage.stage for stage in explain(loop, row)] == [1, 2, 3, 9]
    with pytest.raises(ValueError, match="turn 8 has not done stage 7 yet"):
        explain_stage(Context.of(loop), Stage.UPDATE, row)


def test_a_half_done_turn_shows_the_samples_own_way() -> None:
    loop = stopped_loop(CASES["dropout"])
    for _ in range(3):
        loop.step()
    record = loop.record
    assert record is not None
    half = explain(loop, int(record.rows[0]))
    row = int(record.rows[0])
    loop.step(StepSize.UPDATE)
    whole = arrays_of(explain(loop, row))
    for stage in half[:3]:
        for name, array in stage.arrays.items():
            np.testing.assert_array_equal(array, whole[stage.stage][name])


def test_before_the_first_turn_there_is_stage_9_alone() -> None:
    loop = LearningLoop(Experiment())
    told = explain_stage(loop, Stage.EVALUATE, 0)
    assert told.sentence.startswith("After update 0 the loss is ")
    assert told.arrays["train_loss"] == loop.last_check.train.loss
    with pytest.raises(ValueError, match="no turn"):
        explain_stage(loop, Stage.REPRESENT, 0)
    with pytest.raises(ValueError, match="no turn"):
        explain(loop, 0)


def test_which_part_a_sample_belongs_to_is_said_and_the_test_part_stays_sealed() -> None:
    loop = LearningLoop(Experiment())
    for part in ("train", "validation"):
        told = explain_stage(loop, Stage.EVALUATE, int(loop.problem.rows(part)[0]))
        assert f" belongs to the {part} part and its true class now gets " in told.sentence
    row = int(loop.problem.parts.test[0])
    told = explain_stage(loop, Stage.EVALUATE, row)
    assert f"The test part stays sealed, but for sample {row}, which" in told.sentence
    assert not any(name.startswith("test") for name in told.arrays)


def test_a_turn_before_a_change_of_loss_is_explained_with_its_own() -> None:
    loop = stopped_loop(CASES["one output"])
    assert loop.record is not None
    row = int(loop.problem.parts.validation[0])
    before = explain_stage(loop, Stage.LOSS, row)
    loop.change([("loss.name", "hinge")])
    after = explain_stage(loop, Stage.LOSS, row)
    assert after.sentence == before.sentence
    near(after.arrays["sample_loss"], before.arrays["sample_loss"])


def test_the_failed_turn_can_be_explained_up_to_its_failure() -> None:
    loop = LearningLoop(
        Experiment.from_dict({"data": {"source": "sine"}, "optimizer": {"learning_rate": 1e200}})
    )
    loop.run(50)
    assert loop.failure is not None
    row = int(loop.failure.record.rows[0])
    told = explain_stage(loop, loop.failure.record.done, row)
    assert told.sentence.endswith(".")


def test_a_row_of_the_source_is_found_or_refused(own_folders: Path) -> None:
    (own_folders / "data.csv").write_text(
        "a,label\n" + "\n".join(f"{k},{'xy'[k % 2] if k != 3 else ''}" for k in range(12))
    )
    tables = {"data": {"source": "csv", "path": "data.csv", "target": "label"}}
    dataset = LearningLoop(Experiment.from_dict(tables, directory=own_folders)).problem.dataset
    assert dataset.inputs[sample_index(dataset, 4), 0] == 4
    with pytest.raises(InputError, match="sample = 3: has no target; allowed: a row from 0 to 11"):
        sample_index(dataset, 3)
    with pytest.raises(InputError, match="sample = 12: no such row"):
        sample_index(dataset, 12)
    loop = LearningLoop(Experiment())
    loop.step(StepSize.UPDATE)
    with pytest.raises(InputError, match="sample = 500: no such row; allowed: 0 to 499"):
        explain(loop, 500)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0831, "−0.0831"),
        (12.345, "12.3"),
        (0.99999, "1.00"),
        (1025.0, f"1{THIN_SPACE}025"),
        (12345.6, f"12{THIN_SPACE}346"),
        (3.14159e-7, "3.14 × 10⁻⁷"),
        (-2e154, "−2.00 × 10¹⁵⁴"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "not a number"),
    ],
)
def test_numbers_are_written_one_way(value: float, text: str) -> None:
    assert number(value) == text


def test_other_small_words() -> None:
    shares = (0.0, 1.0, 0.931, 0.9996, 0.99999999, 0.00004, 1e-9, -0.4)
    assert [percent(share) for share in shares] == [
        "0 %", "100 %", "93.1 %", "99.96 %", "nearly 100 %", "0.004 %", "nearly 0 %", "−40 %",
    ]  # fmt: skip
    assert [change(v) for v in (0.5, -0.5, 0.0)] == ["+0.500", "−0.500", "0"]
    assert [ordinal(v) for v in (1, 2, 3, 11, 22)] == ["1st", "2nd", "3rd", "11th", "22nd"]
    assert [plural(v, "pass") for v in (1, 2)] == ["1 pass", "2 passes"]
