"""The report of a run, the model file, and how a run is said to have ended."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import numpy as np
import pytest

from core.experiment import Experiment
from core.loop import LearningLoop
from core.run_report import finite, json_bytes, model_bytes, run_ending, run_report
from core.stages import StepSize
from core.stopping import Ending, ending

KEYS = [
    "format", "status", "reason", "experiment", "changes", "updates", "epochs", "seconds",
    "parameters", "kernel", "kernel_reason", "train", "validation", "test", "test_openings",
    "history",
]  # fmt: skip


def strict_json(content: bytes) -> Any:
    """What the bytes say, NaN and infinities refused."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(content.decode("utf-8"), parse_constant=refuse)


def report_of(loop: LearningLoop, *names: str) -> dict[str, Any]:
    parts = {name: loop.evaluate(name) for name in ("train", "validation", *names)}
    return strict_json(json_bytes(run_report(loop, "finished", "2 epochs done", parts)))


@pytest.fixture
def loop() -> LearningLoop:
    tables = {"data": {"samples": 40}, "loss": {"l1": 0.01, "l2": 0.1}, "stop": {"epochs": 2}}
    loop = LearningLoop(Experiment.from_dict(tables))
    loop.run(4)
    return loop


def test_a_report_has_the_contracts_keys_and_the_loops_numbers(loop: LearningLoop) -> None:
    report = report_of(loop)
    assert list(report) == KEYS
    assert (report["format"], report["status"], report["reason"]) == (
        1,
        "finished",
        "2 epochs done",
    )
    assert (report["updates"], report["epochs"], report["parameters"]) == (4, 2, 17)
    assert report["kernel"] == "compiled"
    assert report["seconds"] == loop.seconds > 0
    assert Experiment.from_dict(report["experiment"]) == loop.experiment
    assert report["changes"] == []
    for name in ("train", "validation"):
        evaluation = loop.evaluate(name)
        assert list(report[name]) == ["loss", "penalty", "metrics"]
        assert report[name]["loss"] == evaluation.loss
        assert report[name]["metrics"] == evaluation.metrics
    weights = loop.learner.kernel.theta * loop.learner.layout.is_weight
    penalty = 0.01 * np.abs(weights).sum() + 0.05 * (weights**2).sum()
    assert report["train"]["penalty"] == pytest.approx(penalty, rel=1e-12)
    assert report["history"]["update"] == [0, 2, 4]
    assert report["history"]["train_loss"][-1] == report["train"]["loss"]
    assert report["history"]["validation_loss"][-1] == report["validation"]["loss"]


def test_the_test_part_is_reported_only_where_it_was_opened(loop: LearningLoop) -> None:
    sealed = report_of(loop)
    assert (sealed["test"], sealed["test_openings"]) == (None, 0)
    opened = report_of(loop, "test")
    assert opened["test"]["loss"] == loop.evaluate("test").loss
    assert opened["test_openings"] == 1


def test_events_are_reported(loop: LearningLoop) -> None:
    loop.change([("optimizer.learning_rate", 0.1)])
    report = report_of(loop)
    assert report["changes"] == [{"update": 4, "field": "optimizer.learning_rate", "value": 0.1}]
    assert report["experiment"]["change"] == report["changes"]
    assert report["experiment"]["optimizer"]["learning_rate"] == 0.3


def test_an_empty_part_has_no_numbers() -> None:
    tables = {"data": {"samples": 8}, "evaluation": {"validation_fraction": 0, "test_fraction": 0}}
    loop = LearningLoop(Experiment.from_dict(tables))
    loop.run(1)
    report = report_of(loop, "test")
    for name in ("validation", "test"):
        assert report[name]["loss"] is None
        assert set(report[name]["metrics"].values()) == {None}
    assert report["history"]["validation_loss"] == [None] * 2


def test_a_failure_names_tensor_and_update() -> None:
    tables = {"data": {"source": "sine"}, "optimizer": {"learning_rate": 1.0}, "model": {}}
    tables["model"] = {"hidden": [8]}
    loop = LearningLoop(Experiment.from_dict(tables))
    loop.run(10_000)
    assert loop.failure is not None
    status, reason = run_ending(loop, None)
    assert status == "failed"
    assert reason.startswith(f"update {loop.update + 1}: {loop.failure.tensor} has ")
    strict_json(json_bytes(run_report(loop, status, reason, {
        name: loop.evaluate(name) for name in ("train", "validation")
    })))  # fmt: skip


def test_how_a_run_ended(loop: LearningLoop) -> None:
    assert run_ending(loop, Ending("finished", "2 epochs done")) == ("finished", "2 epochs done")
    assert run_ending(loop, None) == ("stopped", "interrupted")


def test_a_look_that_is_no_check_ends_nothing() -> None:
    tables = {"stop": {"target_metric": 0.6, "epochs": 100}}
    loop = LearningLoop(Experiment.from_dict(tables))
    while loop.last_check.validation.headline < 0.6:
        loop.step(StepSize.UPDATE)
        loop.look()
    assert loop.update % 25 != 0
    assert ending(loop) is None
    loop.step(StepSize.EPOCH)
    found = ending(loop)
    assert found is not None
    assert found.status == "stopped"
    assert found.reason.startswith("the validation metric ")


def test_what_is_not_finite_is_null() -> None:
    nested = {
        "a": [1.5, math.nan, (math.inf, 2)],
        "b": np.array([1.0, -math.inf]),
        "c": np.int64(3),
    }
    assert finite(nested) == {"a": [1.5, None, [None, 2]], "b": [1.0, None], "c": 3}


def test_a_model_file_gives_the_parameters_back_without_pickle(loop: LearningLoop) -> None:
    with np.load(io.BytesIO(model_bytes(loop)), allow_pickle=False) as model:
        names = ["weight_0", "bias_0", "weight_1", "bias_1", "experiment"]
        assert sorted(model.files) == sorted(names)
        flat = np.concatenate([model[name].ravel() for name in names[:-1]])
        np.testing.assert_array_equal(flat, loop.learner.kernel.theta)
        assert model["weight_0"].shape == (2, 4)
        experiment = Experiment.from_dict(json.loads(str(model["experiment"])))
    assert experiment == loop.experiment
