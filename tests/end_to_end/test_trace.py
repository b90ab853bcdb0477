"""``mlloop trace``: nine stages with their arrays, checked against each other in plain Python."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from core.experiment import Experiment, load
from core.explain import explain, sample_index
from core.loop import LearningLoop
from core.stages import Stage, StepSize
from mlloop_gui.cli import run_command
from tests.end_to_end.program import DEFAULT, DIVERGING, EXPERIMENTS, start

STAGES = [stage.key for stage in Stage]


def strict_json(content: bytes) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(content.decode("utf-8"), parse_constant=refuse)


def traced(folder: Path, file: str, update: int, sample: int, status: int = 0) -> Any:
    words = ["trace", file, "--update", str(update), "--sample", str(sample)]
    assert run_command([*words, "--json", "trace.json"]) == status
    return strict_json((folder / "trace.json").read_bytes())


def stage(trace: Any, key: str) -> dict[str, Any]:
    return next(item["arrays"] for item in trace["stages"] if item["stage"] == key)


def test_the_real_program_prints_nine_stages() -> None:
    done = start("trace", DEFAULT, "--update", "25", "--sample", "12", "--json", "-")
    assert done.returncode == 0
    made = strict_json(done.stdout)
    assert list(made) == ["update", "sample", "in_batch", "stages"]
    assert (made["update"], made["sample"]) == (25, 12)
    assert [item["stage"] for item in made["stages"]] == STAGES
    told = done.stderr.decode()
    for item in made["stages"]:
        assert item["sentence"] in told
        assert isinstance(item["arrays"], dict)


def test_text_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["trace", DEFAULT, "--update", "3", "--sample", "0"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    headings = [line for line in out.splitlines() if line[:1].isdigit()]
    assert headings == [f"{int(s)} {s.key}: {s.question}" for s in Stage]


def test_a_samples_arrays_hold_together(own_folders: Path) -> None:
    loop = LearningLoop(load(DEFAULT))
    loop.run(25)
    assert loop.record is not None
    trace = traced(own_folders, DEFAULT, 25, int(loop.record.rows[0]))
    assert trace["in_batch"] is True
    forward, back = stage(trace, "transform"), stage(trace, "backpropagate")
    x = stage(trace, "represent")["x"]
    for unit, z in enumerate(forward["z_0"]):
        weights = [row[unit] for row in forward["weight_0"]]
        total = sum(a * w for a, w in zip(x, weights, strict=True)) + forward["bias_0"][unit]
        assert z == pytest.approx(total, rel=1e-12)
        assert forward["a_0"][unit] == pytest.approx(math.tanh(z), rel=1e-12)
    score = forward["a_1"][0]
    p = 1 / (1 + math.exp(-score))
    guess = stage(trace, "predict")
    assert guess["prediction"] == int(score > 0)
    assert guess["probabilities"][1] == pytest.approx(p, rel=1e-12)
    price = -math.log(p if guess["truth"] else 1 - p)
    assert stage(trace, "loss")["sample_loss"] == pytest.approx(price, rel=1e-12)
    assert back["delta_1"][0] == pytest.approx(p - guess["truth"], rel=1e-12)
    for unit, delta in enumerate(back["delta_0"]):
        slope = 1 - math.tanh(forward["z_0"][unit]) ** 2
        blame = forward["weight_1"][unit][0] * back["delta_1"][0]
        assert delta == pytest.approx(blame * slope, rel=1e-12)
    update = stage(trace, "update")
    for name in ("weight_0", "weight_1"):
        pairs = zip(update[f"step_{name}"], update[f"gradient_{name}"], strict=True)
        for steps, slopes in pairs:
            assert steps == pytest.approx([-0.3 * g for g in slopes], rel=1e-12)
    assert update["step_bias_1"] == pytest.approx([-0.3 * g for g in update["gradient_bias_1"]])


def test_trace_shows_what_the_engine_explains(own_folders: Path) -> None:
    trace = traced(own_folders, DEFAULT, 26, 7)
    loop = LearningLoop(load(DEFAULT))
    loop.run(25)
    loop.step(StepSize.UPDATE)
    loop.look()
    stages = explain(loop, sample_index(loop.problem.dataset, 7))
    assert [item["sentence"] for item in trace["stages"] if item["stage"] != "gradients"] == [
        item.sentence for item in stages if item.stage is not Stage.GRADIENTS
    ]
    for item, expected in zip(trace["stages"], stages, strict=True):
        for name, array in expected.arrays.items():
            if name != "seconds_for_all":
                assert item["arrays"][name] == array.tolist()


def test_a_sample_outside_the_batch_is_marked(own_folders: Path) -> None:
    loop = LearningLoop(load(DEFAULT))
    row = int(loop.problem.parts.validation[0])
    trace = traced(own_folders, DEFAULT, 1, row)
    assert trace["in_batch"] is False
    marked = [item for item in trace["stages"] if "no vote in this update" in item["sentence"]]
    assert [item["stage"] for item in marked] == STAGES[:7]
    assert "belongs to the validation part" in trace["stages"][8]["sentence"]


@pytest.mark.parametrize("name", ["spiral", "regression", "digits"])
def test_other_experiments_have_the_same_arrays(own_folders: Path, name: str) -> None:
    trace = traced(own_folders, str(EXPERIMENTS / f"{name}.toml"), 2, 3)
    layers = len(load(EXPERIMENTS / f"{name}.toml").model.hidden) + 1
    expected = {
        "represent": {"x"},
        "transform": {f"{kind}_{i}" for kind in "za" for i in range(layers)},
        "predict": {"prediction", "truth"},
        "loss": {"sample_loss"},
        "gradients": {f"gradient_{k}_{i}" for k in ("weight", "bias") for i in range(layers)},
        "backpropagate": {f"delta_{i}" for i in range(layers)},
        "update": {f"step_{k}_{i}" for k in ("weight", "bias") for i in range(layers)},
    }
    for key, names in expected.items():
        assert names <= set(stage(trace, key))


def test_events_and_rows_of_the_file_are_heeded(own_folders: Path) -> None:
    rows = "\n".join(f"{k % 7},{k * k % 5},{'ab'[k % 2] if k % 5 else ''}" for k in range(40))
    (own_folders / "data.csv").write_text("u,v,label\n" + rows)
    (own_folders / "own.toml").write_text(
        '[data]\nsource = "csv"\npath = "data.csv"\ntarget = "label"\n'
        '[[change]]\nupdate = 1\nfield = "optimizer.learning_rate"\nvalue = 0.125\n'
    )
    trace = traced(own_folders, "own.toml", 2, 6)
    assert stage(trace, "update")["rate"] == 0.125
    assert "u 6, v 1" in trace["stages"][0]["sentence"]
    words = ["trace", "own.toml", "--update", "2", "--sample", "5"]
    assert run_command(words) == 2


def test_the_turn_that_fails_is_shown_up_to_its_failure(
    own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loop = LearningLoop(load(DIVERGING))
    loop.run(10_000)
    assert loop.failure is not None
    turn = loop.failure.turn
    trace = traced(own_folders, DIVERGING, turn, 0, status=1)
    assert [item["stage"] for item in trace["stages"]] == [*STAGES[:4], STAGES[8]]
    assert trace["reason"].startswith(f"update {turn}: the loss has ")
    assert f"the run failed at update {turn}: " in capsys.readouterr().err
    later = traced(own_folders, DIVERGING, turn + 5, 0, status=1)
    assert later["stages"] == []
    assert later["update"] == turn + 5


def test_a_trace_is_the_same_each_time(own_folders: Path) -> None:
    first = traced(own_folders, DEFAULT, 30, 3)
    second = traced(own_folders, DEFAULT, 30, 3)
    for trace in (first, second):
        del stage(trace, "gradients")["seconds_for_all"]
    assert first == second
    assert Experiment() == load(DEFAULT)
