"""The words of the boundary plot: legends, answers under the cursor, the description."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mlloop_gui.plots import numbers
from mlloop_gui.plots.header import Entry
from mlloop_gui.plots.markers import PART_NAMES, TRAIN, sample_glyph
from mlloop_gui.plots.samples import Samples, class_name


def parts_legend(samples: Samples, mode: str) -> list[Entry]:
    """Return the legend of parts, those that are shown, and of the cross."""
    parts = np.flatnonzero(np.bincount(samples.part, minlength=len(PART_NAMES))).tolist()
    kind = "target" if mode == "surface" else "outline"
    entries = [Entry(PART_NAMES[part], sample_glyph(kind, 0, part)) for part in parts]
    if mode == "classes" and parts:
        entries.append(Entry("wrong", sample_glyph("wrong")))
    if mode == "curve" and parts:
        entries.append(Entry("model", sample_glyph("model"), 22.0))
    return entries


def class_legend(names: Sequence[str], mode: str) -> list[Entry]:
    """Return the legend of classes; of two, the second says that its side is hatched."""
    if mode != "classes":
        return []
    hatched = ["", " (hatched)"] if len(names) == 2 else [""] * len(names)
    return [
        Entry(name + more, sample_glyph("class", index, TRAIN))
        for index, (name, more) in enumerate(zip(names, hatched, strict=True))
    ]


def cell_of(
    shape: tuple[int, ...], extent: tuple[float, float, float, float], x: float, y: float
) -> tuple[int, int]:
    """Return row and column of the cell of a map (rows, columns, ...) at a place of the plane."""
    x0, x1, y0, y1 = extent
    row = int((y - y0) / (y1 - y0) * shape[0])
    column = int((x - x0) / (x1 - x0) * shape[1])
    return min(max(row, 0), shape[0] - 1), min(max(column, 0), shape[1] - 1)


def answer(value: Any, mode: str, names: Sequence[str], is_label: bool) -> str:
    """Return what the model answers at a place, in words.

    ``value`` is a class number (``is_label``), a predicted number (surface), the probability of
    class 1, or the probabilities of all classes.
    """
    if is_label:
        return class_name(names, int(value))
    if mode == "surface":
        return f"predicts {numbers.short(float(value))}"
    shares = np.atleast_1d(np.asarray(value, dtype=np.float64))
    if not np.isfinite(shares).all():
        return "not a number"
    if len(shares) == 1:
        shares = np.array([1.0 - shares[0], shares[0]])
    best = int(np.argmax(shares))
    return f"{class_name(names, best)} {numbers.percent(float(shares[best]), 0)}"


def describe_boundary(
    title: str,
    mode: str,
    labels: tuple[str, str],
    extent: tuple[float, float, float, float],
    samples: Samples,
    names: Sequence[str],
    hatched_share: float | None,
) -> str:
    """Return what the boundary plot shows, for who does not see it."""
    low_x, high_x, low_y, high_y = (numbers.short(edge) for edge in extent)
    said = f"{title}: {labels[0]} from {low_x} to {high_x}, {labels[1]} from {low_y} to {high_y}."
    if not len(samples):
        return said + " No samples."
    counts = np.bincount(samples.part, minlength=3)
    said += " Samples: " + ", ".join(
        f"{numbers.count(counts[part])} {PART_NAMES[part]}" for part in range(3) if counts[part]
    )
    if mode != "classes":
        return said + "."
    wrong = int(samples.wrong.sum())
    said += f" of {len(names)} classes; {numbers.count(wrong)} misclassified."
    if hatched_share is not None:
        said += (
            f" The model gives {numbers.percent(hatched_share, 0)} of the plane to "
            f"{class_name(names, 1)}, which is hatched."
        )
    return said
