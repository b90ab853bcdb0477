"""``mlloop``, ``mlloop run`` and ``mlloop list``: results, exit statuses, one line when wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.experiment import Experiment, load
from core.loop import LearningLoop
from core.registry import HOMES, registry
from mlloop_gui.cli import COMMANDS, run_command
from tests.end_to_end.program import COMMAND, DEFAULT, DIVERGING, environment, start

KEYS = {
    "format", "status", "reason", "experiment", "changes", "updates", "epochs", "seconds",
    "parameters", "kernel", "kernel_reason", "train", "validation", "test", "test_openings",
    "history",
}  # fmt: skip


def strict_json(content: bytes) -> Any:
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(content.decode("utf-8"), parse_constant=refuse)


def report(path: Path) -> Any:
    return strict_json(path.read_bytes())


# -- what works ------------------------------------------------------------------------------------


def test_the_default_run(own_folders: Path) -> None:
    done = start("run", DEFAULT, "--json", "out.json", "--model", "out.npz")
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    text = done.stdout.decode()
    assert "finished: 100 epochs done" in text
    assert "2,500 updates" in text
    assert "wrote out.json" in text
    assert "sealed" in text
    made = report(own_folders / "out.json")
    assert set(made) == KEYS
    assert (made["status"], made["reason"]) == ("finished", "100 epochs done")
    assert (made["updates"], made["epochs"], made["parameters"]) == (2500, 100, 17)
    assert made["history"]["update"] == list(range(0, 2501, 25))
    assert (made["test"], made["test_openings"]) == (None, 0)
    assert made["validation"]["metrics"]["accuracy"] >= 0.95
    assert f"{100 * made['train']['metrics']['accuracy']:.1f} % (" in text
    loop = LearningLoop(load(DEFAULT))
    loop.run(2500)
    with np.load(own_folders / "out.npz", allow_pickle=False) as model:
        np.testing.assert_array_equal(
            model["weight_0"], loop.learner.layout.weight(loop.learner.kernel.theta, 0)
        )
        assert Experiment.from_dict(json.loads(str(model["experiment"]))) == load(DEFAULT)
    assert made["train"]["loss"] == loop.evaluate("train").loss
    assert sorted(os.listdir(own_folders)) == ["out.json", "out.npz"]


def test_json_on_standard_output_stands_alone() -> None:
    done = start("run", DEFAULT, "--epochs", "1", "--test", "--json", "-")
    assert done.returncode == 0
    made = strict_json(done.stdout)
    assert (made["updates"], made["epochs"], made["test_openings"]) == (25, 1, 1)
    assert set(made["test"]) == {"loss", "penalty", "metrics"}
    assert "finished: 1 epoch done" in done.stderr.decode()


def test_a_failed_run_exits_with_1_and_still_reports(own_folders: Path) -> None:
    done = start("run", DIVERGING, "--json", "out.json")
    assert done.returncode == 1
    made = report(own_folders / "out.json")
    assert made["status"] == "failed"
    assert made["reason"].startswith(f"update {made['updates'] + 1}: the loss has ")
    assert "failed: update " in done.stdout.decode()
    assert b"Traceback" not in done.stderr


def test_a_figure_is_a_picture_of_some_size(own_folders: Path) -> None:
    done = start("run", DEFAULT, "--updates", "30", "--figure", "out.png")
    assert done.returncode == 0, done.stderr
    content = (own_folders / "out.png").read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert width >= 1000
    assert height >= 500
    assert len(content) > 50_000


def in_process(own_folders: Path, *words: str) -> Any:
    status = run_command(["run", DEFAULT, *words, "--json", "out.json"])
    return status, report(own_folders / "out.json")


def test_flags_change_the_experiment_and_nothing_else(own_folders: Path) -> None:
    status, made = in_process(
        own_folders, "--updates", "30", "--seed", "11", "--set", "optimizer.learning_rate=0.1",
        "--set", "model.hidden=3,2", "--set", "optimizer.name=momentum",
    )  # fmt: skip
    assert status == 0
    expected = load(DEFAULT).replace_many(
        {
            "seed": 11,
            "optimizer.learning_rate": 0.1,
            "model.hidden": [3, 2],
            "optimizer.name": "momentum",
            "stop.epochs": None,
            "stop.updates": 30,
        }
    )
    assert Experiment.from_dict(made["experiment"]) == expected
    assert (made["updates"], made["reason"]) == (30, "30 updates done")


def test_a_setting_put_in_counts_as_if_the_file_had_said_it(own_folders: Path) -> None:
    (own_folders / "short.toml").write_text("format = 1\n")
    words = ["run", "short.toml", "--set", "data.source=sine", "--set", "optimizer.name=adam"]
    assert run_command([*words, "--epochs", "1", "--json", "out.json"]) == 0
    made = report(own_folders / "out.json")["experiment"]
    assert made["loss"]["name"] == "mse"
    assert made["optimizer"]["learning_rate"] == 0.01


def test_targets_and_patience_still_end_a_run_of_a_given_length(own_folders: Path) -> None:
    _, made = in_process(own_folders, "--epochs", "1000", "--set", "stop.target_metric=0.7")
    assert made["status"] == "stopped"
    assert made["reason"].startswith("the validation metric ")
    assert made["epochs"] < 10
    _, made = in_process(
        own_folders, "--updates", "100000", "--set", "stop.patience=3",
        "--set", "optimizer.learning_rate=3",
    )  # fmt: skip
    assert made["status"] == "stopped"
    assert "patience 3" in made["reason"]
    losses = made["history"]["validation_loss"]
    assert losses.index(min(losses)) == len(losses) - 4


def test_a_run_of_no_updates_reports_the_start(own_folders: Path) -> None:
    status, made = in_process(own_folders, "--updates", "0")
    assert (status, made["status"], made["updates"]) == (0, "finished", 0)
    assert made["history"]["update"] == [0]


def test_a_count_by_flag_replaces_what_events_say_of_it(own_folders: Path) -> None:
    (own_folders / "events.toml").write_text(
        'format = 1\n[[change]]\nupdate = 3\nfield = "stop.epochs"\nvalue = 1\n'
        '[[change]]\nupdate = 4\nfield = "optimizer.learning_rate"\nvalue = 0.05\n'
    )
    words = ["run", "events.toml", "--json", "out.json"]
    assert run_command(words) == 0
    assert report(own_folders / "out.json")["epochs"] == 1
    assert run_command([*words, "--epochs", "2"]) == 0
    made = report(own_folders / "out.json")
    assert made["epochs"] == 2
    assert [event["field"] for event in made["changes"]] == ["optimizer.learning_rate"]


def test_an_interrupt_ends_a_run_between_two_updates(
    own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = sys.modules["mlloop_gui.cli.run"].ending
    before = signal.getsignal(signal.SIGINT)

    def interrupting(loop: LearningLoop) -> Any:
        if loop.update >= 100 and not asked:
            asked.append(loop.update)
            signal.raise_signal(signal.SIGINT)
        return check(loop)

    asked: list[int] = []
    monkeypatch.setattr("mlloop_gui.cli.run.ending", interrupting)
    status, made = in_process(own_folders, "--epochs", "100000")
    assert (status, made["status"], made["reason"]) == (0, "stopped", "interrupted")
    assert 100 <= made["updates"] <= 102
    assert signal.getsignal(signal.SIGINT) == before


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal to pretend to be")
def test_ctrl_c_on_a_terminal_shows_progress_and_writes_what_there_is(own_folders: Path) -> None:
    terminal, end = os.openpty()
    process = subprocess.Popen(
        [*COMMAND, "run", DEFAULT, "--epochs", "100000000", "--json", "out.json"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=end,
    )
    os.close(end)
    shown = b""
    while b"validation" not in shown:
        shown += os.read(terminal, 4096)
    process.send_signal(signal.SIGINT)
    text = process.communicate(timeout=60)[0].decode()
    os.close(terminal)
    assert process.returncode == 0
    assert b"\rupdate " in shown
    assert "stopped: interrupted" in text
    assert report(own_folders / "out.json")["reason"] == "interrupted"


def test_list_names_every_registry_and_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["list"]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [name for name, _ in lines] == list(HOMES)
    for family, names in lines:
        assert names.split(", ") == list(registry(family).names)
        assert run_command(["list", family]) == 0
        shown = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
        assert shown == [[part.name, part.explanation] for part in registry(family)]


def test_version_and_help() -> None:
    version = start("--version")
    assert version.returncode == 0
    assert version.stdout.decode().split() == ["mlloop", "0.1.0"]
    said = start("--help").stdout.decode()
    assert all(f"mlloop {name}" in said for name in COMMANDS)


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = subprocess.Popen(
        [*COMMAND, "list"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is full")
def test_a_full_disk_is_said_in_one_line() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "list"], env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    said = done.stderr.decode()
    assert said == "mlloop: standard output: cannot be written: No space left on device\n"


def test_a_terminal_without_greek_letters_is_no_error() -> None:
    done = subprocess.run(
        [*COMMAND, "trace", DEFAULT, "--update", "1", "--sample", "0"],
        env={**environment(), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert b"9 evaluate: " in done.stdout


@pytest.mark.parametrize(
    ("words", "banned"),
    [
        (
            ["run", DEFAULT, "--updates", "5", "--json", "out.json"],
            {"PySide6", "pandas", "sklearn"},
        ),
        (["trace", DEFAULT, "--update", "2", "--sample", "0"], {"PySide6", "pandas", "sklearn"}),
        (["list"], {"PySide6", "pyqtgraph", "pandas", "sklearn", "scipy"}),
        (["list", "losses"], {"PySide6", "pyqtgraph", "pandas"}),
        (["--help"], {"PySide6", "numpy", "pydantic"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_command_imports_only_what_it_needs(
    own_folders: Path, words: list[str], banned: set[str]
) -> None:
    program = (
        "import sys\n"
        "from mlloop_gui.cli import run_command\n"
        f"try: status = run_command({words!r})\n"
        "except SystemExit as end: status = end.code\n"
        f"loaded = sorted({{name.partition('.')[0] for name in sys.modules}} & {banned!r})\n"
        "sys.stderr.write(f'{status} {loaded}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, check=False
    )
    assert done.stderr.decode() == "0 []"


def test_one_blas_thread_is_set_before_numpy() -> None:
    program = (
        "import sys, os\n"
        "import mlloop_gui.__main__\n"
        "print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    )
    env = {**environment(), "OPENBLAS_NUM_THREADS": "8"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, check=False
    )
    assert done.stdout.split() == [b"False", b"1"]
