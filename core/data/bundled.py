"""Real data sets that come with scikit-learn, which is imported when one is first loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from core.data.dataset import Column, Dataset
from core.data.source import Each, Progress, Source


@dataclass(frozen=True, kw_only=True)
class Bundled(Source):
    """A data set that is loaded by a function of ``sklearn.datasets``.

    Parameters
    ----------
    loader : str
        The function's name.
    arguments : dict
        Its arguments.
    columns : tuple of Column
        What the columns of ``data`` hold.
    class_names : tuple of str
    target_name, target_unit : str
    picture_shape : tuple of (int, int), optional
    """

    loader: str
    arguments: dict[str, Any] = field(default_factory=dict)
    columns: tuple[Column, ...]
    class_names: tuple[str, ...] = ()
    target_name: str
    target_unit: str = ""
    picture_shape: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "inputs", tuple(column.name for column in self.columns))
        object.__setattr__(self, "classes", len(self.class_names))

    def load(
        self,
        settings: Any,
        seed: int,
        resolve: Callable[[str], Any] = str,
        progress: Progress | None = None,
        each: Each = map,
    ) -> Dataset:
        load = getattr(import_module("sklearn.datasets"), self.loader)
        data, target = load(return_X_y=True, **self.arguments)
        kind = np.int64 if self.task == "classification" else np.float64
        return Dataset(
            name=self.name,
            task=self.task or "classification",
            description=self.explanation,
            columns=self.columns,
            inputs=np.array(data, dtype=np.float64),
            target=np.array(target, dtype=kind),
            target_name=self.target_name,
            target_unit=self.target_unit,
            class_names=self.class_names,
            picture_shape=self.picture_shape,
        )


def _columns(text: str) -> tuple[Column, ...]:
    """Columns from ``name (unit)`` phrases between semicolons."""
    columns = []
    for phrase in text.split(";"):
        name, _, unit = phrase.strip().partition(" (")
        columns.append(Column(name, unit=unit.rstrip(")")))
    return tuple(columns)


_CELL = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)


def _small(hidden: int, epochs: int) -> dict[str, Any]:
    return {
        "model.hidden": [hidden],
        "model.activation": "tanh",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.01,
        "optimizer.batch_size": 10,
        "stop.epochs": epochs,
    }


BUNDLED = (
    Bundled(
        name="iris",
        label="Iris flowers",
        explanation="Predicts the species of an iris from the length and width of its sepals "
        "and petals (150 flowers).",
        basic=True,
        task="classification",
        loader="load_iris",
        columns=_columns(
            "sepal length (cm); sepal width (cm); petal length (cm); petal width (cm)"
        ),
        class_names=("setosa", "versicolor", "virginica"),
        target_name="species",
        suggested=_small(8, 100),
    ),
    Bundled(
        name="wine",
        label="Wine",
        explanation="Predicts which of three growers made a wine from 13 chemical measurements "
        "(178 wines).",
        task="classification",
        loader="load_wine",
        columns=_columns(
            "alcohol (% vol); malic acid (g/l); ash (g/l); alcalinity of ash; magnesium (mg/l); "
            "total phenols; flavanoids; nonflavanoid phenols; proanthocyanins; colour intensity; "
            "hue; OD280/OD315 of diluted wine; proline (mg/l)"
        ),
        class_names=("grower 1", "grower 2", "grower 3"),
        target_name="grower",
        suggested=_small(8, 50),
    ),
    Bundled(
        name="breast_cancer",
        label="Breast cancer",
        explanation="Predicts whether a breast tumour is malignant or benign from 30 measurements "
        "of its cell nuclei (569 patients).",
        task="classification",
        loader="load_breast_cancer",
        columns=tuple(
            Column(f"{kind} {what}") for kind in ("mean", "error of", "worst") for what in _CELL
        ),
        class_names=("malignant", "benign"),
        target_name="diagnosis",
        suggested=_small(8, 50),
    ),
    Bundled(
        name="digits",
        label="Handwritten digits",
        explanation="Predicts which digit was written by hand from a picture of 8 x 8 grey values "
        "from 0 to 16 (1797 pictures).",
        basic=True,
        task="classification",
        loader="load_digits",
        columns=tuple(Column(f"r{row} c{column}") for row in range(8) for column in range(8)),
        class_names=tuple(str(digit) for digit in range(10)),
        target_name="digit",
        picture_shape=(8, 8),
        suggested={
            "model.hidden": [64],
            "model.activation": "relu",
            "optimizer.name": "adam",
            "optimizer.learning_rate": 0.003,
            "optimizer.batch_size": 10,
            "stop.epochs": 20,
        },
    ),
    Bundled(
        name="diabetes",
        label="Diabetes",
        explanation="Predicts how far diabetes has progressed after a year from age, sex, body "
        "mass index, blood pressure and six blood values (442 patients).",
        basic=True,
        task="regression",
        loader="load_diabetes",
        arguments={"scaled": False},
        columns=_columns(
            "age (years); sex; body mass index (kg/m²); blood pressure (mmHg); "
            "total cholesterol (mg/dl); LDL cholesterol (mg/dl); HDL cholesterol (mg/dl); "
            "cholesterol ratio; log triglycerides; blood sugar (mg/dl)"
        ),
        target_name="progression",
        suggested=_small(4, 15),
    ),
)
