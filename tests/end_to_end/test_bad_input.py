"""What a person gives wrongly: status 2, one line that says what, nothing written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import InputError
from mlloop_gui.cli import run_command
from mlloop_gui.cli.window import refuse_broken_qt
from tests.end_to_end.program import DEFAULT, start

RUN = ["run", DEFAULT]
TRACE = ["trace", DEFAULT]

CASES = {
    "no file": (["run", "nope.toml"], ["nope.toml: no such file", "allowed: "]),
    "a directory": (["run", "."], [".: this is a directory"]),
    "not text": (["run", "binary.toml"], ["binary.toml: not UTF-8 text (line 1)"]),
    "not TOML": (["run", "syntax.toml"], ["syntax.toml: not valid TOML", "line 2"]),
    "a newer format": (["run", "newer.toml"], ["newer.toml: format = 9", "newer version"]),
    "an unknown field": (
        ["run", "unknown.toml"],
        ["unknown.toml: optimizer.learning_rat = 0.1: did you mean 'learning_rate'?"],
    ),
    "a value out of range": (
        ["run", "range.toml"],
        ["range.toml: optimizer.learning_rate = -1.0: out of range; allowed: a number > 0"],
    ),
    "a table that is none": (
        ["run", "table.toml", "--set", "optimizer.learning_rate=0.1"],
        ["table.toml: optimizer = 3", "a table is expected"],
    ),
    "an event on a missing weight": (
        ["run", "event.toml"],
        ["event.toml: change[0].field = 'weight_7[0,0]': there is no layer 7;", "layer 0 to 1"],
    ),
    "an event on a weight that the data do not have": (
        ["run", "input.toml"],
        ["input.toml: weight_0[2,0]: no such parameter; allowed: indices 0 to 1, 0 to 3"],
    ),
    "missing data": (["run", "csv.toml"], ["nowhere.csv"]),
    "--set of nothing": ([*RUN, "--set", "seed"], ["--set: 'seed': not an assignment"]),
    "--set of an unknown field": (
        [*RUN, "--set", "optimizer.rate=1"],
        ["--set: optimizer.rate: ", "unknown field", "allowed: optimizer.name, "],
    ),
    "--set of a bad value": (
        [*RUN, "--set", "optimizer.batch_size=many"],
        [f"{DEFAULT} with --set: optimizer.batch_size = 'many'", "whole number"],
    ),
    "--set of a bad name": (
        [*RUN, "--set", "model.activation=tanj"],
        ["model.activation = 'tanj': did you mean 'tanh'?", "allowed: relu, tanh"],
    ),
    "--set and a flag": ([*RUN, "--set", "seed=1", "--seed", "2"], ["seed = 1", "both"]),
    "--set and a count": (
        [*RUN, "--set", "stop.epochs=1", "--updates", "2"],
        ["stop.epochs = 1", "both"],
    ),
    "two counts": ([*RUN, "--updates", "1", "--epochs", "1"], ["--epochs", "--updates"]),
    "a negative count": ([*RUN, "--updates", "-5"], ["--updates = -5: out of range; allowed: 0"]),
    "a broken count": ([*RUN, "--epochs", "1.5"], ["--epochs = '1.5': not a whole number"]),
    "a negative seed": ([*RUN, "--seed", "-1"], ["--seed = -1: out of range; allowed: 0 to"]),
    "no such directory": (
        [*RUN, "--json", "none/out.json"],
        ["--json = 'none/out.json': no such directory; allowed: a file in a directory"],
    ),
    "out is a directory": ([*RUN, "--model", "."], ["--model = '.': this is a directory"]),
    "out has no name": ([*RUN, "--json", ""], ["--json = '': no name"]),
    "a picture of another kind": (
        [*RUN, "--figure", "out.jpg"],
        ["--figure = 'out.jpg': pictures are PNG; allowed: a name in .png"],
    ),
    "two results in one place": (
        [*RUN, "--json", "out", "--model", "./out"],
        ["--model = './out': --json already writes there"],
    ),
    "two results on standard output": ([*RUN, "--json", "-", "--model", "-"], ["--json already"]),
    "no file at all": (["run"], ["FILE"]),
    "an unknown flag": ([*RUN, "--fast"], ["unrecognized arguments: --fast"]),
    "a shortened flag": ([*RUN, "--upd", "3"], ["unrecognized arguments: --upd"]),
    "a flag without its value": ([*RUN, "--seed"], ["--seed: expected one argument"]),
    "an unknown registry": (["list", "los"], ["'los': ", "unknown registry; allowed: sources"]),
    "a window on no file": (["nope.toml"], ["nope.toml: no such file"]),
    "a window on two files": (["a.toml", "b.toml"], ["unrecognized arguments: b.toml"]),
    "update 0": (
        [*TRACE, "--update", "0", "--sample", "1"],
        ["--update = 0: out of range; allowed: 1 to"],
    ),
    "no update": ([*TRACE, "--sample", "1"], ["--update: missing"]),
    "no sample": ([*TRACE, "--update", "1"], ["--sample: missing"]),
    "a sample too far": (
        [*TRACE, "--update", "1", "--sample", "500"],
        [f"{DEFAULT}: --sample = 500: no such row; allowed: a row from 0 to 499"],
    ),
    "a negative sample": ([*TRACE, "--update", "1", "--sample", "-1"], ["--sample = -1: out of"]),
    "a sample that is no number": (
        [*TRACE, "--update", "1", "--sample", "first"],
        ["--sample = 'first': not a whole number"],
    ),
    "a trace to nowhere": (
        [*TRACE, "--update", "1", "--sample", "1", "--json", "none/t.json"],
        ["--json = 'none/t.json': no such directory"],
    ),
}


@pytest.fixture
def files(own_folders: Path) -> Path:
    texts = {
        "syntax.toml": "format = 1\nseed = = 2\n",
        "newer.toml": "format = 9\n",
        "unknown.toml": "format = 1\n[optimizer]\nlearning_rat = 0.1\n",
        "range.toml": "format = 1\n[optimizer]\nlearning_rate = -1.0\n",
        "table.toml": "format = 1\noptimizer = 3\n",
        "event.toml": 'format = 1\n[[change]]\nupdate = 50\nfield = "weight_7[0,0]"\nvalue = 1.0\n',
        "input.toml": 'format = 1\n[[change]]\nupdate = 9\nfield = "weight_0[2,0]"\nvalue = 1.0\n',
        "csv.toml": '[data]\nsource = "csv"\npath = "nowhere.csv"\ntarget = "y"\n',
    }
    for name, text in texts.items():
        (own_folders / name).write_text(text)
    (own_folders / "binary.toml").write_bytes(b"\xff\xfe\x00")
    return own_folders


@pytest.mark.parametrize("case", CASES)
def test_one_line_says_what_is_wrong(
    case: str, files: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words, expected = CASES[case]
    before = sorted(os.listdir(files))
    # Nothing is learned before all that was given is known to be right.
    monkeypatch.setattr("core.loop.LearningLoop.run", None)
    assert run_command(words) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("mlloop: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    for part in expected:
        assert part in err
    assert sorted(os.listdir(files)) == before


def test_the_real_program_says_it_too(files: Path) -> None:
    done = start("run", "range.toml")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode() == (
        "mlloop: range.toml: optimizer.learning_rate = -1.0: out of range; allowed: a number > 0\n"
    )


def test_an_output_that_cannot_be_written_is_refused_before_the_training(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    monkeypatch.setattr("core.loop.LearningLoop.run", None)
    assert run_command([*RUN, "--json", "out.json"]) == 2
    assert "--json = 'out.json': cannot be written: Permission denied" in capsys.readouterr().err


def test_a_device_is_written_to_and_never_replaced() -> None:
    assert run_command([*RUN, "--updates", "1", "--json", os.devnull]) == 0
    assert not os.path.isfile(os.devnull)


@pytest.mark.parametrize(
    ("version", "python", "refused"),
    [
        ("6.12.0", (3, 11), True),
        ("6.12.1", (3, 12), False),
        ("6.11.3", (3, 11), False),
        ("7.0.0", (3, 11), True),
        ("6.10", (3, 13), False),
    ],
)
def test_the_qt_that_crashes_is_refused(
    version: str, python: tuple[int, int], refused: bool
) -> None:
    if refused:
        with pytest.raises(InputError, match=r"PySide6 = '.*': crashes Python 3\.11 .*: 6\.10"):
            refuse_broken_qt(version, python)
    else:
        refuse_broken_qt(version, python)
