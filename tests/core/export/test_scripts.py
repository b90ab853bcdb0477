"""Scripts in processes of their own predict what the program predicts, for data of every kind."""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any

import numpy as np
import pytest

from core.export import TrainedModel, numpy_script, torch_script
from core.network.activations import ACTIVATIONS
from tests.core.export.running import expected, person_rows, require_same, run_scripts, trained

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="PyTorch is not installed"
)

ROWS = 200
IRIS = {"source": "iris"}
TABLE = "\n".join(
    [
        "size;colour;new;rank;price;weight",
        *(
            f"{'' if i % 7 == 3 else i * 1.25};{('red', 'blue', 'dark  green', '')[i % 4]};"
            f"{('true', 'false')[i % 3 == 0]};{(1, 2, 3, 5)[i * i % 4]};"
            f"{100 + 13 * (i % 4) + i * 0.5};{'?' if i % 11 == 5 else 7 - i % 5}"
            for i in range(60)
        ),
    ]
)


def network(**model: Any) -> dict[str, Any]:
    return {"hidden": [5], **model}


TREES: dict[str, dict[str, Any]] = {
    "circle": {},
    "no hidden layer": {"model": network(hidden=[])},
    "three blobs": {"data": {"source": "blobs", "classes": 3, "samples": 90}},
    "one feature": {"representation": {"features": ["x2"], "scaling": "minmax"}},
    "turned round": {"representation": {"features": ["x2", "x1"], "scaling": "none"}},
    "iris": {"data": IRIS, "model": network(activation=["relu", "sin"], hidden=[6, 4])},
    "iris, hinge": {"data": IRIS, "loss": {"name": "hinge"}},
    "iris, mse": {"data": IRIS, "loss": {"name": "mse"}, "optimizer": {"learning_rate": 0.05}},
    "iris, each against the rest": {"data": IRIS, "loss": {"name": "binary_cross_entropy"}},
    "breast cancer, hinge": {"data": {"source": "breast_cancer"}, "loss": {"name": "hinge"}},
    "breast cancer, robust": {
        "data": {"source": "breast_cancer"}, "representation": {"scaling": "robust"},
        "optimizer": {"learning_rate": 0.01},
    },
    "digits": {"data": {"source": "digits"}, "model": network(hidden=[80], activation="relu")},
    "digits, float32": {
        "data": {"source": "digits"}, "model": network(hidden=[20, 10], dtype="float32"),
    },
    "diabetes": {"data": {"source": "diabetes"}, "optimizer": {"learning_rate": 0.02}},
    "diabetes, not scaled": {
        "data": {"source": "diabetes"}, "representation": {"target_scaling": "none"},
        "loss": {"name": "huber"}, "optimizer": {"name": "adam", "learning_rate": 0.02},
    },
    "dropout": {"model": network(hidden=[8, 8], dropout=0.4)},
    "float32": {"model": network(dtype="float32", activation="gelu")},
    "table": {"data": {"source": "csv", "path": "table.csv", "target": "price"}},
    "table, classes": {
        "data": {
            "source": "csv", "path": "table.csv", "target": "colour", "missing": "median",
            "columns": {"rank": "category"},
        },
    },
}  # fmt: skip
TREES |= {
    f"activation {activation.name}": {
        "data": {"source": "wine"}, "model": network(hidden=[6, 6], activation=activation.name),
        "optimizer": {"learning_rate": 0.05},
    }
    for activation in ACTIVATIONS
}  # fmt: skip


FORMULA = (
    "-(x1 - 2)^2 / (1 - x2 - -3) + max(sin(3*x1), abs(x2)^3^0.5, -1e-3) - abs(-pi * x2) * (2 + e)"
)
PIECES: dict[str, dict[str, Any]] = {
    "formula": {"features": ["x1", FORMULA, "x1 - (x2 - 3)", "x1/(3/(x2 + 9))"]},
    "formula without a value": {"features": ["log(x1 + 100)", "sqrt(x2 + 9)", "0*x1 + 1/0^-1"]},
    "degree": {"degree": 4},
    "degree, formula": {"features": ["x2", "cos(x1)"], "degree": 2},
    "interactions": {"interactions": True, "scaling": "none"},
    "rbf": {"rbf": 7},
    "rbf with a width": {"rbf": 3, "rbf_width": 0.5, "degree": 2},
    "components": {"degree": 3, "components": 4},
}
TREES |= {f"points, {name}": {"representation": piece} for name, piece in PIECES.items()}
TREES |= {
    f"digits, {kind}": {"data": {"source": "digits"}, "representation": {"picture": kind}}
    for kind in ("shuffled", "sums", "downsampled", "edges", "ink")
}
CLASSES = {
    "source": "csv",
    "path": "table.csv",
    "target": "colour",
    "columns": {"rank": "category"},
}
TREES |= {
    "digits, components": {
        "data": {"source": "digits"}, "representation": {"components": 10, "scaling": "none"},
    },
    "table, ordinal": {
        "data": {"source": "csv", "path": "table.csv", "target": "price"},
        "representation": {"encoding": "ordinal"},
    },
    "table, everything": {
        "data": CLASSES,
        "representation": {
            "features": ["rank", "weight", "new", "size", "sqrt(size) * weight", "price"],
            "degree": 2, "rbf": 3, "components": 8,
        },
    },
    "table, ordinal numbers": {
        "data": CLASSES, "representation": {"encoding": "ordinal", "interactions": True},
    },
}  # fmt: skip
TREES |= {
    f"texts, {kind}": {
        "data": {"source": "messages"}, "representation": {"text": kind, "vocabulary": 60},
    }
    for kind in ("bag_of_words", "tfidf", "characters")
}  # fmt: skip


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TrainedModel]:
    """The trained models by name."""
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    path.write_text(TABLE, encoding="utf-8")
    found = {}
    for name, tree in TREES.items():
        if tree.get("data", {}).get("path"):
            tree = {**tree, "data": {**tree["data"], "path": str(path)}}
        found[name] = trained(tree)
    return found


@pytest.fixture(scope="module")
def results(models, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Gives what the scripts of one kind make of each model's rows; run once."""

    @cache
    def run(kind: Any) -> dict[str, Any]:
        scripts = [
            (kind(model), person_rows(model.problem.dataset, model.problem.dataset.inputs[:ROWS]))
            for model in models.values()
        ]
        folder = tmp_path_factory.mktemp(kind.__name__)
        return dict(zip(models, run_scripts(folder, scripts), strict=True))

    return run


@pytest.mark.parametrize("name", TREES)
@pytest.mark.parametrize("kind", [numpy_script, pytest.param(torch_script, marks=needs_torch)])
def test_a_process_of_its_own_predicts_the_same(models, results, name: str, kind: Any) -> None:
    model = models[name]
    wanted = expected(model, model.problem.dataset.inputs[:ROWS])
    assert np.isfinite(wanted["scores"]).all()
    tolerance = 1e-12 if model.theta.dtype == np.float64 else 1e-5
    require_same(results(kind)[name], wanted, tolerance)


def test_the_models_are_not_all_alike(models) -> None:
    """The cases would prove little if their networks said the same of every row."""
    for name, model in models.items():
        answers = expected(model, model.problem.dataset.inputs[:ROWS])["scores"]
        assert np.ptp(answers, axis=0).max() > 1e-3, name
