"""``mlloop validate``: folds and curves, exit statuses, one line when the input is wrong."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from core.evaluation.validation import cross_validate, learning_curve, validation_curve
from core.experiment import load
from core.run_report import finite
from mlloop_gui.cli import run_command
from tests.end_to_end.program import DEFAULT, DIVERGING, start

VALIDATE = ["validate", "short.toml"]


@pytest.fixture
def folder(own_folders: Path) -> Path:
    """A folder with an experiment that is over soon."""
    (own_folders / "short.toml").write_text("[stop]\nepochs = 3\n")
    return own_folders


def report(folder: Path, *words: str, status: int = 0) -> Any:
    assert run_command([*VALIDATE, *words, "--json", "out.json"]) == status
    return json.loads((folder / "out.json").read_text(encoding="utf-8"))


def test_folds_are_reported_one_by_one_and_together(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = report(folder, "--folds", "3", "--repeats", "2")
    expected = cross_validate(load("short.toml"), 3, 2)
    assert (made["status"], made["failed_folds"]) == ("finished", 0)
    assert (made["folds"], made["repeats"]) == (3, 2)
    assert made["results"] == [finite(vars(result)) for result in expected.results]
    for part in ("train", "held_out"):
        for metric in expected.metrics:
            assert made["summary"][part][metric] == vars(expected.summary(metric, part))
    text = capsys.readouterr().out
    assert "circle: 3 folds, 2 times; the test part stays sealed" in text
    mean = expected.summary("accuracy").mean
    assert f"accuracy           held out {100 * mean:.4g} % ± " in text
    assert "wrote out.json" in text


def test_five_folds_once_unless_it_is_said() -> None:
    done = start("validate", DEFAULT, "--json", "-")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert (made["folds"], made["repeats"], len(made["results"])) == (5, 1, 5)
    assert "held out" in done.stderr.decode()


def test_a_learning_curve(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = report(folder, "--curve", "samples", "--folds", "4")
    expected = learning_curve(load("short.toml"), None, 4, 4)
    assert made["curve"] == "samples"
    assert [point["value"] for point in made["points"]] == list(expected.values)
    assert [len(point["results"]) for point in made["points"]] == [4] * len(expected.values)
    assert made["points"][0]["results"][0] == vars(expected.points[0].results[0])
    assert "accuracy against samples" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("written", "path", "values"),
    [
        ("optimizer.learning_rate=0.01,0.3", "optimizer.learning_rate", [0.01, 0.3]),
        ("model.hidden=3;4,2", "model.hidden", [[3], [4, 2]]),
        ("model.activation=relu,tanh", "model.activation", ["relu", "tanh"]),
    ],
)
def test_a_validation_curve(folder: Path, written: str, path: str, values: list[Any]) -> None:
    made = report(folder, "--curve", written, "--folds", "2")
    expected = validation_curve(load("short.toml"), path, values, 2)
    assert made["curve"] == path
    assert [point["value"] for point in made["points"]] == values
    for point, own in zip(made["points"], expected.points, strict=True):
        assert point["results"] == [vars(result) for result in own.results]


def test_folds_that_fail_exit_with_1_and_are_reported(own_folders: Path) -> None:
    done = start("validate", DIVERGING, "--folds", "2", "--json", "out.json")
    assert done.returncode == 1
    made = json.loads((own_folders / "out.json").read_text(encoding="utf-8"))
    assert (made["status"], made["failed_folds"]) == ("failed", 2)
    assert made["summary"]["held_out"]["loss"]["mean"] is None
    assert "failed: repeat 1, fold 2: update " in done.stdout.decode()
    assert b"Traceback" not in done.stderr


WRONG = {
    "no file": (["validate", "nope.toml"], ["nope.toml: no such file"]),
    "one fold": ([*VALIDATE, "--folds", "1"], ["--folds = 1: out of range; allowed: 2 to"]),
    "folds that are no number": ([*VALIDATE, "--folds", "x"], ["--folds = 'x': not a whole"]),
    "more folds than rows": (
        [*VALIDATE, "--folds", "376"],
        ["short.toml: --folds = 376: cannot be made of 375 rows; allowed: 2 to 375"],
    ),
    "no repeats": ([*VALIDATE, "--repeats", "0"], ["--repeats = 0", "allowed: 1 to 100"]),
    "no curve": (
        [*VALIDATE, "--curve", "loss"],
        ["--curve = 'loss': not a curve; allowed: samples, or FIELD=V1,V2"],
    ),
    "no values": ([*VALIDATE, "--curve", "loss.l2="], ["--curve = 'loss.l2=': no value is given"]),
    "an unknown field": (
        [*VALIDATE, "--curve", "loss.delt=1"],
        ["--curve: loss.delt: did you mean 'loss.delta'? unknown field"],
    ),
    "a bad value": (
        [*VALIDATE, "--curve", "model.dropout=0.1,7"],
        ["--curve: model.dropout = 7: out of range"],
    ),
    "a sealed field": (
        [*VALIDATE, "--curve", "evaluation.test_fraction=0,0.1"],
        ["--curve: evaluation.test_fraction: decides which samples there are"],
    ),
    "a feature that is none": (
        ["validate", "feature.toml"],
        ["feature.toml: representation.features", "x7"],
    ),
    "no such directory": (
        [*VALIDATE, "--json", "none/o.json"],
        ["--json = 'none/o.json': no such"],
    ),
    "an unknown flag": ([*VALIDATE, "--test"], ["unrecognized arguments: --test"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_line_says_what_is_wrong(
    case: str, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "feature.toml").write_text('[representation]\nfeatures = ["x1", "x7"]\n')
    words, expected = WRONG[case]
    before = sorted(os.listdir(folder))
    # Nothing is learned before all that was given is known to be right.
    monkeypatch.setattr("core.loop.LearningLoop.run", None)
    assert run_command(words) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("mlloop: ")
    assert err.count("\n") == 1
    for part in expected:
        assert part in err
    assert sorted(os.listdir(folder)) == before
