"""An experiment's data made ready for a learner: numbers, targets and the three parts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.data import load_dataset
from core.data.dataset import Dataset
from core.data.load import with_shuffled_labels
from core.data.shift import with_shift
from core.data.source import Each, Progress, within
from core.data.splits import Parts, split
from core.errors import InputError
from core.experiment import Experiment
from core.losses import LOSSES, Loss
from core.metrics import Evaluation, class_metrics, number_metrics, predicted_classes
from core.representation import Representation
from core.settings import LossSettings

CHECK_ROWS = 20_000
LOADED, FITTED = 0.75, 0.4  # shares of loading in the whole, and of fitting in what follows


@dataclass(frozen=True, eq=False)
class Problem:
    """What a learner learns from; arrays are shared by all who hold it and never written.

    Attributes
    ----------
    x : ndarray of shape (n, features + 1)
        Represented inputs of every row, in the run's dtype; the last column is 1.
    y : ndarray of shape (n, outputs)
        Targets as the loss wants them: one-hot, 0/1, or scaled numbers.
    weight : ndarray of shape (n,) or None
        Each sample's class weight.
    """

    dataset: Dataset
    parts: Parts
    representation: Representation
    loss: Loss
    delta: float
    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None

    @property
    def classes(self) -> int:
        """Number of classes; 0 for numbers."""
        return len(self.dataset.class_names)

    @property
    def features(self) -> int:
        return self.x.shape[1] - 1

    @property
    def outputs(self) -> int:
        return self.y.shape[1]

    @property
    def output_names(self) -> tuple[str, ...]:
        """What each output speaks for."""
        names = self.dataset.class_names
        if not names:
            return (self.dataset.target_name,)
        return (names[1],) if self.outputs == 1 else names

    @property
    def labels(self) -> np.ndarray:
        """Each row's class, (n,); none for numbers."""
        return self.dataset.target if self.classes else np.zeros(0, np.int64)

    def spread(self, rows: np.ndarray) -> float:
        """Sum of the squared differences of some rows' numbers from their mean, as scaled."""
        if self.classes or not len(rows):
            return 0.0
        y = self.y[rows, 0].astype(np.float64)
        return float(((y - y.mean()) ** 2).sum())

    def rows(self, part: str) -> np.ndarray:
        """Row numbers of ``"train"``, ``"validation"`` or ``"test"``."""
        return getattr(self.parts, part)

    def part_of(self, row: int) -> str:
        """The part that a row belongs to."""
        for part in ("train", "validation", "test"):
            rows = self.rows(part)
            at = int(np.searchsorted(rows, row))
            if at < len(rows) and rows[at] == row:
                return part
        raise InputError(
            "no such row", field="sample", value=row, allowed=f"0 to {len(self.x) - 1}"
        )

    def inputs(self, rows: np.ndarray) -> np.ndarray:
        """Represented inputs of some rows, (rows, features)."""
        return self.x[rows, :-1]

    def evaluate(self, rows: np.ndarray, scores: np.ndarray) -> Evaluation:
        """Loss and metrics of the scores (rows, outputs) that a model gives to some rows."""
        prices = self.loss.sample_losses(scores, self.y[rows], self.delta).astype(np.float64)
        weight = np.ones(len(rows)) if self.weight is None else self.weight[rows].astype(np.float64)
        loss = float(weight.dot(prices) / weight.sum()) if len(rows) else float("nan")
        truth = self.dataset.target[rows]
        if not self.classes:
            guess = self.representation.inverse_target(scores[:, 0].astype(np.float64))
            return Evaluation(len(rows), loss, number_metrics(truth, guess))
        metrics, confusion = class_metrics(truth, scores, self.loss, self.classes)
        wrong = predicted_classes(scores) != truth
        return Evaluation(len(rows), loss, metrics, int(len(rows) - wrong.sum()), wrong, confusion)

    def with_loss(self, settings: LossSettings) -> Problem:
        """The same data with another loss's targets and weights.

        Raises
        ------
        InputError
            If the loss does not fit the task, or the class weights the classes.
        """
        loss = suitable_loss(settings, self.dataset)
        dtype = self.x.dtype
        y = _targets(self.dataset, self.representation, loss, dtype)
        return replace(
            self,
            loss=loss,
            delta=settings.delta,
            y=y,
            weight=_weights(settings, self.dataset, dtype),
        )

    def tested_on(self, inputs: np.ndarray, target: np.ndarray) -> Problem:
        """The same task with other rows, all of them its test part.

        Parameters
        ----------
        inputs : ndarray of shape (n, d), float64
            Raw rows, represented as all others were.
        target : ndarray of shape (n,), int64 classes or float64 numbers
        """
        count, dtype = len(target), self.x.dtype
        dataset = Dataset(
            name=self.dataset.name,
            task=self.dataset.task,
            description=self.dataset.description,
            columns=self.dataset.columns,
            inputs=inputs,
            target=target,
            target_name=self.dataset.target_name,
            class_names=self.dataset.class_names,
            target_unit=self.dataset.target_unit,
        )
        x = np.ones((count, self.x.shape[1]), dtype)
        self.representation.transform_into(inputs, x[:, :-1])
        none = np.zeros(0, np.int64)
        return replace(
            self,
            dataset=dataset,
            parts=Parts(none, none.copy(), np.arange(count, dtype=np.int64)),
            x=x,
            y=_targets(dataset, self.representation, self.loss, dtype),
            weight=None if self.weight is None else self._class_weights()[target],
        )

    def _class_weights(self) -> np.ndarray:
        """The weight of each class, (K,); 1 where no row is of it."""
        assert self.weight is not None
        found = np.ones(self.classes, self.weight.dtype)
        found[self.dataset.target] = self.weight
        return found


def suitable_loss(settings: LossSettings, dataset: Dataset) -> Loss:
    """The loss named, or where none is named the one that suits the data."""
    loss = LOSSES[settings.name or dataset.suggested_loss]
    fits = loss.for_classes if dataset.classification else loss.for_numbers
    if not fits:
        kind = "classes" if dataset.classification else "numbers"
        allowed = [
            part.name
            for part in LOSSES
            if (part.for_classes if dataset.classification else part.for_numbers)
        ]
        raise InputError(
            f"does not fit a target of {kind} ({dataset.target_name})",
            field="loss.name",
            value=loss.name,
            allowed=", ".join(allowed),
        )
    return loss


def _targets(
    dataset: Dataset, representation: Representation, loss: Loss, dtype: np.dtype
) -> np.ndarray:
    if not dataset.classification:
        return representation.transform_target(dataset.target)[:, None].astype(dtype)
    classes = len(dataset.class_names)
    if loss.one_score and classes == 2:
        return dataset.target[:, None].astype(dtype)
    return np.eye(classes, dtype=dtype)[dataset.target]


def _weights(settings: LossSettings, dataset: Dataset, dtype: np.dtype) -> np.ndarray | None:
    if settings.class_weights is None:
        return None
    if len(settings.class_weights) != len(dataset.class_names):
        raise InputError(
            "needs one weight for each class",
            field="loss.class_weights",
            value=list(settings.class_weights),
            allowed=f"{len(dataset.class_names)} numbers above 0",
        )
    return np.array(settings.class_weights, dtype)[dataset.target]


def build_problem(
    experiment: Experiment, progress: Progress | None = None, each: Each = map
) -> Problem:
    """Load the experiment's data and make them ready.

    Parameters
    ----------
    experiment : Experiment
    progress : callable, optional
        Called with the share done, in [0, 1]; may raise to cancel.
    each : callable, optional
        What can be done several times at once is done by it.

    Raises
    ------
    InputError
        If the data cannot be used as the experiment says.
    """
    dataset = load_dataset(experiment, within(progress, 0.0, LOADED), each)
    return prepare(dataset, experiment, within(progress, LOADED, 1.0), each)


def prepare(
    dataset: Dataset,
    experiment: Experiment,
    progress: Progress | None = None,
    each: Each = map,
) -> Problem:
    """Split the data, fit the representation on the training part, make targets.

    Raises
    ------
    InputError
        If the data cannot be used as the experiment says.
    """
    told = progress or (lambda share: None)
    told(0.0)
    parts = parts_of(dataset, experiment)
    if experiment.data.shift is not None:
        dataset = with_shift(dataset, parts, experiment.data.shift, experiment.data_seed)
    return prepare_rows(dataset, experiment, parts, told, each)


def parts_of(dataset: Dataset, experiment: Experiment) -> Parts:
    """The three parts of the data, as the experiment shares them out.

    Raises
    ------
    InputError
        If a part that is wanted would be empty.
    """
    fractions = experiment.evaluation
    return split(
        dataset.target,
        fractions.validation_fraction,
        fractions.test_fraction,
        experiment.data_seed,
        dataset.classification,
        dataset.given_test,
        dataset.split_keys,
    )


def prepare_rows(
    dataset: Dataset,
    experiment: Experiment,
    parts: Parts,
    progress: Progress | None = None,
    each: Each = map,
) -> Problem:
    """Fit the representation on the training rows of `parts`, and make targets.

    Rows may be in none of the parts; nothing is ever fitted to them.

    Raises
    ------
    InputError
        If the data cannot be used as the experiment says.
    """
    told = progress or (lambda share: None)
    if experiment.data.shuffle_labels:
        dataset = with_shuffled_labels(dataset, parts.train, experiment.data_seed)
    representation = Representation.fit(
        dataset,
        parts.train,
        experiment.representation,
        lambda: told(FITTED / 2),
        experiment.data_seed,
    )
    loss = suitable_loss(experiment.loss, dataset)
    dtype = np.dtype(experiment.model.dtype)
    x = np.empty((len(dataset.target), len(representation.feature_names) + 1), dtype)
    representation.transform_into(
        dataset.inputs, x[:, :-1], lambda share: told(FITTED + (1 - FITTED) * share), each
    )
    x[:, -1] = 1  # last: whoever writes to fresh memory first has to wait for it
    y = _targets(dataset, representation, loss, dtype)
    weight = _weights(experiment.loss, dataset, dtype)
    told(1.0)
    return Problem(dataset, parts, representation, loss, experiment.loss.delta, x, y, weight)
