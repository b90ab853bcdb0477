"""Which kernel a run gets, and that everything works where there is no compiler."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import InputError
from core.experiment import Experiment
from core.loop import LearningLoop
from core.losses import LOSSES
from core.network import choice
from core.network.activations import ACTIVATIONS
from core.network.choice import choose
from core.network.compiled import warm
from core.network.compiled.codes import ACTIVATION_CODES, LOSS_CODES, OPTIMIZER_CODES
from core.network.kernel import NumpyKernel, Structure
from core.network.layout import Layout
from core.optimizers import OPTIMIZERS
from core.run_report import json_bytes, run_report
from core.stages import StepSize

ROOT = Path(__file__).parents[3]
STRUCTURE = Structure(Layout((2, 4, 1)), ("tanh",), "binary_cross_entropy")


@pytest.fixture
def no_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda name: None)


def started(script: str) -> Any:
    """What a fresh interpreter prints as JSON, every warning an error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=ROOT, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (ACTIVATIONS.names, ACTIVATION_CODES),
        (LOSSES.names, LOSS_CODES),
        (OPTIMIZERS.names, OPTIMIZER_CODES),
    ],
    ids=["activations", "losses", "optimizers"],
)
def test_every_part_has_a_code_of_its_own(names: tuple[str, ...], codes: dict[str, int]) -> None:
    assert set(codes) == set(names)
    assert sorted(codes.values()) == list(range(len(codes)))


@pytest.mark.parametrize("wanted", ["auto", "compiled"])
def test_with_numba(wanted: str) -> None:
    pytest.importorskip("numba")
    made = choose(wanted, STRUCTURE)
    assert made.kernel == "compiled"
    assert ("settings" in made.reason) == (wanted == "compiled")


def test_numpy_where_the_settings_say_so() -> None:
    made = choose("numpy", STRUCTURE)
    assert (made.kernel, made.reason) == ("numpy", "as the settings say")


@pytest.mark.usefixtures("no_numba")
def test_without_numba_auto_is_numpy_and_says_why() -> None:
    made = choose("auto", STRUCTURE)
    assert (made.kernel, made.reason) == ("numpy", "numba is not installed")
    assert choose("numpy", STRUCTURE).kernel == "numpy"


@pytest.mark.usefixtures("no_numba")
def test_without_numba_the_compiled_kernel_is_refused_in_one_line() -> None:
    made = Experiment.from_dict({"model": {"kernel": "compiled"}})
    with pytest.raises(InputError) as caught:
        LearningLoop(made)
    assert caught.value.field == "model.kernel"
    assert caught.value.value == "compiled"
    assert "auto or numpy" in str(caught.value)
    assert "pip install" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("codes", "name"),
    [(ACTIVATION_CODES, "tanh"), (LOSS_CODES, "huber"), (OPTIMIZER_CODES, "adagrad")],
)
def test_a_part_without_a_code_takes_the_numpy_kernel(
    codes: dict[str, int], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    monkeypatch.delitem(codes, name)
    made = choose("auto", STRUCTURE)
    assert (made.kernel, made.reason) == ("numpy", f"it does not know {name}")
    with pytest.raises(InputError, match=f"does not know {name}") as caught:
        choose("compiled", STRUCTURE)
    assert "pip install" not in str(caught.value)


def test_an_activation_without_a_code_matters_where_it_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("numba")
    monkeypatch.delitem(ACTIVATION_CODES, "gelu")
    assert choose("auto", STRUCTURE).kernel == "compiled"


@pytest.mark.usefixtures("kernel")
def test_a_run_names_its_kernel_and_the_reason(kernel: str) -> None:
    loop = LearningLoop(Experiment())
    loop.run(30)
    parts = {name: loop.evaluate(name) for name in ("train", "validation")}
    report = json.loads(json_bytes(run_report(loop, "stopped", "", parts)))
    assert loop.learner.choice.kernel == loop.learner.kernel.name == kernel
    assert (report["kernel"], report["kernel_reason"]) == (kernel, loop.learner.choice.reason)
    assert report["kernel_reason"]


# -- in a fresh process ------------------------------------------------------------------------

FIRST = """
import json, sys
def there():
    return [name for name in ("numba", "llvmlite") if sys.modules.get(name)]
import core.loop, core.runs, core.run_report, core.stopping, core.explain, core.landscape
found = [there()]
from core.experiment import Experiment
from core.loop import LearningLoop
from core.stages import Stage
loop = LearningLoop(Experiment())
loop.look()
found += [there(), loop.last_check.train.loss > 0]
loop.run(3)
print(json.dumps([*found, there(), loop.learner.kernel.name]))
"""


def test_numba_comes_with_the_first_turn_and_not_before() -> None:
    pytest.importorskip("numba")
    imported, built, checked, run, kernel = started(FIRST)
    assert imported == built == []
    assert checked
    assert (run, kernel) == (["numba", "llvmlite"], "compiled")


def test_everything_works_where_numba_cannot_be_imported() -> None:
    missing = 'import sys\nsys.modules["numba"] = sys.modules["llvmlite"] = None\n'
    imported, built, checked, run, kernel = started(missing + FIRST)
    assert imported == built == run == []
    assert checked
    assert kernel == "numpy"


# -- a numba that is there and does not work -----------------------------------------------------


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """numba says at its import that it will not do."""
    pytest.importorskip("numba")

    def made(dtype: str) -> Iterator[float]:
        yield 0.0
        raise ImportError("Numba needs\nanother NumPy")

    monkeypatch.setattr(choice, "_broken", [])
    monkeypatch.setattr(warm, "_ready", set())
    monkeypatch.setattr(warm, "_made", made)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("by_steps", [False, True])
def test_a_numba_that_does_not_work_is_as_none(by_steps: bool) -> None:
    made = Experiment.from_dict({"optimizer": {"name": "adam"}})
    loop = LearningLoop(made.replace("model.kernel", "auto"))
    plain = LearningLoop(made.replace("model.kernel", "numpy"))
    assert loop.learner.choice.kernel == "compiled"
    for each in (loop, plain):
        each.step(StepSize.STAGE) if by_steps else each.run(30)
    assert type(loop.learner.kernel) is NumpyKernel
    reason = "numba does not work here (Numba needs another NumPy)"
    assert (loop.learner.choice.kernel, loop.learner.choice.reason) == ("numpy", reason)
    for each in (loop, plain):
        each.run(30)
    assert np.array_equal(loop.learner.kernel.theta, plain.learner.kernel.theta)
    # The next run knows it from the beginning.
    assert choose("auto", STRUCTURE) == loop.learner.choice
    assert loop.fork().learner.choice == loop.learner.choice


@pytest.mark.usefixtures("broken")
def test_a_numba_that_does_not_work_is_refused_where_it_is_asked_for() -> None:
    loop = LearningLoop(Experiment.from_dict({"model": {"kernel": "compiled"}}))
    for _ in range(2):
        with pytest.raises(InputError, match="numba does not work here") as caught:
            loop.run(3)
        assert caught.value.field == "model.kernel"
        assert loop.update == 0
        assert loop.learner.hopeless


@pytest.mark.usefixtures("broken")
def test_who_is_told_of_the_progress_may_raise() -> None:
    """As a job that is cancelled does; numba is not to blame for it."""

    def cancel(share: float) -> None:
        raise KeyError("cancelled")

    loop = LearningLoop(Experiment.from_dict({}))
    with pytest.raises(KeyError):
        loop.learner.prepare(cancel)
    assert loop.learner.choice.kernel == "compiled"
    assert not loop.learner.hopeless
