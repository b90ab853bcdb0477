"""Trained models, raw rows as a person has them, and scripts run as processes of their own."""

from __future__ import annotations

import importlib.util
import json
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from core.data.dataset import Dataset
from core.experiment import Experiment
from core.export import TrainedModel
from core.loop import LearningLoop
from core.metrics import predicted_classes
from core.network.choice import KERNELS
from core.network.kernel import Structure

# What runs in the other process: one JSON line for each script.
DRIVER = """
import importlib.util, json, sys
for place, path in enumerate(sys.argv[1:]):
    spec = importlib.util.spec_from_file_location(f"script_{place}", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    with open(path + ".rows.json") as file:
        rows = json.load(file)
    X = script.represent(rows)
    found = {"x": X.tolist(), "scores": script.forward(X).tolist(), "answers": script.predict(rows)}
    if hasattr(script, "probabilities"):
        found["probabilities"] = script.probabilities(rows).tolist()
    if not isinstance(found["answers"], list):
        found["answers"] = found["answers"].tolist()
    print(json.dumps(found))
"""


def trained(tree: dict[str, Any], updates: int = 40) -> TrainedModel:
    """The model of an experiment after some updates."""
    loop = LearningLoop(Experiment.from_dict(tree))
    loop.run(updates)
    assert loop.failure is None
    return TrainedModel.of(loop)


def person_rows(dataset: Dataset, raw: np.ndarray) -> list[dict[str, Any]]:
    """Rows (m, d) of a data set's inputs as a person has them."""
    rows = []
    for values in np.asarray(raw):
        row: dict[str, Any] = {}
        for column, value in zip(dataset.columns, values.tolist(), strict=True):
            if column.kind == "number":
                row[column.name] = None if math.isnan(value) else value
            else:
                known = not math.isnan(value) and 0 <= value < len(column.categories)
                row[column.name] = column.categories[int(value)] if known else None
        rows.append(row)
    return rows


def expected(model: TrainedModel, raw: np.ndarray) -> dict[str, Any]:
    """What the program itself makes of raw rows."""
    problem = model.problem
    x = problem.representation.transform(np.asarray(raw)).astype(model.theta.dtype)
    structure = Structure(
        model.layout, model.activations, problem.loss.name, problem.delta, 0.0,
        model.theta.dtype.name,
    )  # fmt: skip
    scores = KERNELS["numpy"](structure).activations(x, model.theta)[-1]
    names = problem.dataset.class_names
    if names:
        answers: Any = [names[k] for k in predicted_classes(scores)]
    else:
        answers = problem.representation.inverse_target(scores[:, 0].astype(np.float64))
    return {
        "x": x,
        "scores": scores,
        "answers": answers,
        "probabilities": problem.loss.probabilities(scores) if names else None,
    }


def loaded(path: Path, text: str) -> ModuleType:
    """A script as a module of this process."""
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_scripts(
    folder: Path, scripts: Sequence[tuple[str, list[dict[str, Any]]]]
) -> list[dict[str, Any]]:
    """What scripts make of their rows, all in one other process."""
    paths = []
    for place, (text, rows) in enumerate(scripts):
        path = folder / f"model_{place}.py"
        path.write_text(text, encoding="utf-8")
        Path(f"{path}.rows.json").write_text(json.dumps(rows), encoding="utf-8")
        paths.append(str(path))
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, *paths], capture_output=True, text=True, check=False,
        cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def require_same(found: dict[str, Any], wanted: dict[str, Any], tolerance: float) -> None:
    """Fails where a script's results are not the program's."""
    for name in ("x", "scores", "probabilities"):
        if wanted[name] is None:
            assert name not in found
            continue
        np.testing.assert_allclose(
            np.array(found[name], np.float64).reshape(wanted[name].shape), wanted[name],
            rtol=tolerance, atol=tolerance, err_msg=name,
        )  # fmt: skip
    if isinstance(wanted["answers"], list):
        assert found["answers"] == wanted["answers"]
    else:
        np.testing.assert_allclose(
            found["answers"], wanted["answers"], rtol=tolerance, atol=tolerance
        )
