"""``mlloop run --script`` and ``--torch``: the model as code that stands alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.experiment import load
from core.loop import LearningLoop
from mlloop_gui.cli import run_command
from tests.end_to_end.program import DEFAULT, start


def test_the_script_of_a_run_predicts_what_the_run_learned(own_folders: Path) -> None:
    done = start("run", DEFAULT, "--updates", "200", "--script", "model.py")
    assert done.returncode == 0, done.stderr
    assert "wrote model.py" in done.stdout.decode()
    loop = LearningLoop(load(DEFAULT))
    loop.run(200)
    rows = loop.problem.dataset.inputs[:50]
    lines = [",".join(map(repr, row)) for row in rows.tolist()]
    (own_folders / "data.csv").write_text("x1,x2\n" + "\n".join(lines))
    run = subprocess.run(
        [sys.executable, "-I", "model.py", "data.csv"],
        cwd=own_folders, capture_output=True, text=True, check=True,
    )  # fmt: skip
    scores = loop.learner.scores(loop.problem.inputs(np.arange(50)))
    names = [loop.problem.dataset.class_names[int(score > 0)] for score in scores[:, 0]]
    assert run.stdout.splitlines() == names
    assert len(set(names)) == 2


def test_pytorch_code_goes_to_standard_output(capfdbinary) -> None:
    assert run_command(["run", DEFAULT, "--updates", "3", "--torch", "-"]) == 0
    written = capfdbinary.readouterr().out.decode()
    assert "class Network(torch.nn.Module)" in written
    assert "after 3 updates" in written


@pytest.mark.parametrize("flag", ["--script", "--torch"])
def test_a_place_that_cannot_be_written_is_told_before_training(capfd, flag: str) -> None:
    assert run_command(["run", DEFAULT, flag, "no/such/folder/model.py"]) == 2
    told = capfd.readouterr().err
    assert flag in told
    assert "no such directory" in told
