"""What every data source delivers: named columns, the raw inputs and the targets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.data.columns import Columns

_SAME = np.empty(0)  # stands for "not given": the targets themselves, and rows 0, 1, ...


@dataclass(frozen=True)
class Column:
    """One input column as a person knows it.

    Parameters
    ----------
    name : str
        Unique within the data set.
    kind : str
        ``"number"``, ``"category"`` or ``"text"``.
    categories : tuple of str
        What the codes 0, 1, ... of a category column stand for; the different texts of a column
        of texts.
    unit : str
        Unit of a number, or an empty string.
    """

    name: str
    kind: str = "number"
    categories: tuple[str, ...] = ()
    unit: str = ""

    def text(self, value: float) -> str:
        """The value as a person would write it; ``"missing"`` where there is none."""
        if self.kind != "number":
            code = -1 if np.isnan(value) else int(value)
            return self.categories[code] if 0 <= code < len(self.categories) else "missing"
        return "missing" if np.isnan(value) else f"{value:.6g}"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples of a task, before representation; every array is read-only.

    Parameters
    ----------
    name : str
        The source's name, or a table's file name.
    task : str
        ``"classification"`` or ``"regression"``.
    description : str
        One line: what is being predicted from what.
    columns : tuple of Column
        The d input columns.
    inputs : ndarray or Columns of shape (n, d), float64
        Numbers (NaN = missing) or codes of categories or texts (-1 = missing).
    target : ndarray of shape (n,), int64 classes or float64 numbers
    target_name : str
    class_names : tuple of str
        Empty for regression.
    given_test : ndarray of shape (n,), bool, optional
        Rows that came as the person's own test file.
    picture_shape : tuple of (int, int), optional
        Height and width, where an input row is a picture.
    true_target : ndarray of shape (n,), optional
        The targets before labels were flipped; the targets themselves where
        none are given.
    rows : ndarray of shape (n,), int64, optional
        0-based row of each sample in the source (rows without a target are left out); a test
        file's rows are counted on from the end of the first file.
    missing : str
        How missing numbers are filled from the training part: ``"mean"`` or ``"median"``.
    generated : bool
        Whether fresh samples of the same law can be drawn.
    notes : tuple of str
        What was done on the way in, a sentence each.
    target_unit : str
    split_keys : ndarray of shape (n,), uint64, optional
        What the rows are shared out in the order of, where samples should keep their part though
        others come and go; without them the order is drawn.
    """

    name: str
    task: str
    description: str
    columns: tuple[Column, ...]
    inputs: np.ndarray | Columns
    target: np.ndarray
    target_name: str = "y"
    class_names: tuple[str, ...] = ()
    given_test: np.ndarray | None = None
    picture_shape: tuple[int, int] | None = None
    true_target: np.ndarray = field(default_factory=lambda: _SAME)
    rows: np.ndarray = field(default_factory=lambda: _SAME)
    missing: str = "mean"
    generated: bool = False
    notes: tuple[str, ...] = ()
    target_unit: str = ""
    split_keys: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.true_target is _SAME:
            object.__setattr__(self, "true_target", self.target)
        if self.rows is _SAME:
            object.__setattr__(self, "rows", np.arange(len(self.target), dtype=np.int64))
        arrays = (self.inputs, self.target, self.true_target, self.rows, self.given_test)
        for array in (*arrays, self.split_keys):
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.target)

    @property
    def classification(self) -> bool:
        return self.task == "classification"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def suggested_loss(self) -> str:
        """The loss to begin with: one output for two classes, one for each of more."""
        return suggested_loss(self.task, len(self.class_names))

    def target_text(self, value: float) -> str:
        """A target or prediction as a person would write it: the class's name or the number."""
        if self.classification:
            return self.class_names[int(value)]
        return f"{value:.6g}"


def suggested_loss(task: str, classes: int) -> str:
    """Name of the loss that suits a task with so many classes."""
    if task == "regression":
        return "mse"
    return "binary_cross_entropy" if classes == 2 else "cross_entropy"
