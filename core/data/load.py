"""From an experiment's data settings to its samples."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from core.data.dataset import Dataset
from core.data.source import Each, Progress
from core.data.sources import SOURCES
from core.errors import InputError
from core.seeds import stream


def load_dataset(experiment: Any, progress: Progress | None = None, each: Each = map) -> Dataset:
    """The samples that an experiment asks for.

    Parameters
    ----------
    experiment : Experiment
        Its ``data`` table, ``data_seed`` and ``resolve_path`` are used.
    progress : callable, optional
        Called with the share done, in [0, 1]; may raise to cancel.
    each : callable, optional
        What can be done several times at once is done by it.

    Returns
    -------
    Dataset
        The same arrays for the same data seed and settings.

    Raises
    ------
    InputError
        When settings and source do not fit, or a file cannot be used.
    """
    settings, seed = experiment.data, experiment.data_seed
    source = SOURCES[settings.source]
    if not source.generated:
        for name in ("samples", "noise"):
            if getattr(settings, name, None) is not None:
                raise InputError(
                    f"belongs to generated data; {source.name} comes with its own rows",
                    field=f"data.{name}",
                    value=getattr(settings, name),
                    allowed="leave it out",
                )
    dataset = source.load(settings, seed, experiment.resolve_path, progress, each)
    fraction = getattr(settings, "label_noise", 0.0) or 0.0
    if not fraction:
        return dataset
    if not dataset.classification:
        raise InputError(
            "only labels of classes can be flipped; this target is a number",
            field="data.label_noise",
            value=fraction,
            allowed="0",
        )
    flipped = flip_labels(dataset.target, len(dataset.class_names), fraction, seed)
    count = int(np.count_nonzero(flipped != dataset.target))
    note = f"{count} of {len(dataset)} labels replaced by another class"
    return replace(
        dataset,
        target=flipped,
        true_target=dataset.target,
        notes=(*dataset.notes, note),
    )


def flip_labels(target: np.ndarray, classes: int, fraction: float, seed: int) -> np.ndarray:
    """Replace round(n x fraction) labels by another class, drawn evenly.

    A larger fraction flips the same rows, to the same classes, and more.

    Parameters
    ----------
    target : ndarray of shape (n,), int64
    classes : int
    fraction : float
        In [0, 1].
    seed : int
        The data seed.

    Returns
    -------
    ndarray of shape (n,), int64
    """
    rng = stream(seed, "data", 1)
    order = rng.permutation(len(target))
    shift = rng.integers(1, classes, size=len(target))
    rows = order[: round(len(target) * fraction)]
    flipped = target.copy()
    flipped[rows] = (target[rows] + shift[rows]) % classes
    return flipped


def with_shuffled_labels(dataset: Dataset, rows: np.ndarray, seed: int) -> Dataset:
    """The same samples, the targets of some rows dealt out anew among them.

    What is left to learn there is nothing but which sample has which target (Zhang et al.,
    Understanding deep learning requires rethinking generalization, 2017).

    Parameters
    ----------
    dataset : Dataset
    rows : ndarray of int64
        The training part; all other rows keep their targets.
    seed : int
        The data seed.

    Returns
    -------
    Dataset
        Its ``true_target`` is that of `dataset`.
    """
    target = dataset.target.copy()
    target[rows] = target[stream(seed, "data", 2).permutation(rows)]
    note = f"the targets of {len(rows)} training samples are shuffled"
    return replace(
        dataset, target=target, true_target=dataset.true_target, notes=(*dataset.notes, note)
    )
