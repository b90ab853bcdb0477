"""Scores of several fits at several places: what is drawn, and how it is told in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from mlloop_gui.plots import numbers

Floats = NDArray[np.float64]
Kind = Literal["folds", "samples", "setting"]
FOLDS: Final = "folds"
SAMPLES: Final = "samples"
SETTING: Final = "setting"
#: Where places are given as exponents of ten, 0 stands this far left of the least of the others.
_BEFORE_ALL = 0.75


@dataclass(frozen=True, eq=False)
class Part:
    """What one part of the data says of m fits at each of n places.

    Attributes
    ----------
    scores : ndarray, shape (n, m)
        Not a number where a fit failed.
    mean, error : ndarray, shape (n,)
        Mean of the fits, and its standard error.
    low, high : ndarray, shape (n,)
        The ends of the mean's 95 % interval.
    """

    scores: Floats
    mean: Floats
    error: Floats
    low: Floats
    high: Floats

    def text(self, place: int, share: bool) -> str:
        """Return mean and standard error at a place: ``0.102 ± 0.006``."""
        if not np.isfinite(self.mean[place]):
            return "–"
        said = value_text(float(self.mean[place]), share)
        error = float(self.error[place])
        return f"{said} ± {value_text(error, share)}" if np.isfinite(error) else said

    def interval_text(self, place: int, share: bool) -> str:
        """Return the 95 % interval at a place; empty where there is none."""
        ends = float(self.low[place]), float(self.high[place])
        if not np.isfinite(ends).all():
            return ""
        return " to ".join(value_text(end, share) for end in ends)


@dataclass(frozen=True, eq=False)
class Spread:
    """What is drawn.

    Attributes
    ----------
    kind : str
        ``"folds"`` has one place and shows its fits side by side; ``"samples"`` and ``"setting"``
        are curves.
    x : ndarray, shape (n,)
        Rising numbers of samples, or values of the setting.
    x_label, y_label : str
    train, validation : Part
    share : bool
        Whether the scores are shares, told in percent.
    log : bool
        Whether the places stand at their exponents of ten.
    now : float or None
        The present value of the setting.
    folds : int
        How many fits make one repetition.
    failed : int
        How many fits, of all, are in no mean.
    """

    kind: Kind
    x: Floats
    x_label: str
    y_label: str
    train: Part
    validation: Part
    share: bool = False
    log: bool = False
    now: float | None = None
    folds: int = 0
    failed: int = 0

    @property
    def fits(self) -> int:
        """How many fits there are at each place."""
        return self.validation.scores.shape[1]

    def places(self) -> Floats:
        """Return where the places stand along the axis; of folds, where the fits do."""
        if self.kind == FOLDS:
            return np.arange(1.0, self.fits + 1.0)
        return self.along(self.x)

    def along(self, values: Floats) -> Floats:
        """Return where values stand along the axis of a curve."""
        if not self.log:
            return values
        least = self.x[self.x > 0.0]
        first = float(np.log10(least[0])) if len(least) else 0.0
        above = values > 0.0
        return np.where(above, np.log10(np.where(above, values, 1.0)), first - _BEFORE_ALL)

    def place_texts(self) -> list[str]:
        """Return what is written under each place."""
        if self.kind == FOLDS:
            return [numbers.count(k + 1) for k in range(self.fits)]
        return [value_place(value) for value in self.x.tolist()]

    def fit_name(self, fit: int) -> str:
        """Return the name of one fit: ``fold 3``, ``fold 3, repetition 2``."""
        folds = self.folds or self.fits
        name = f"fold {fit % folds + 1}"
        return name if self.fits <= folds else f"{name}, repetition {fit // folds + 1}"

    # Words

    def place_text(self, place: int) -> str:
        """Return what is known at one place, in words."""
        said = [
            f"train {self.train.text(place, self.share)}",
            f"validation {self.validation.text(place, self.share)}",
        ]
        interval = self.validation.interval_text(place, self.share)
        if interval:
            said[1] += f" (95 %: {interval})"
        return f"{self._place_name(place)}: {', '.join(said)}"

    def _place_name(self, place: int) -> str:
        if self.kind == FOLDS:
            return "mean"
        text = self.place_texts()[place]
        return f"{text} {self.x_label}" if self.kind == SAMPLES else f"{self.x_label} {text}"

    def fit_text(self, place: int, fit: int) -> str:
        """Return what one fit gave, in words."""
        values = float(self.train.scores[place, fit]), float(self.validation.scores[place, fit])
        if not np.isfinite(values[1]):
            return f"{self.fit_name(fit)}: no number"
        train, validation = (value_text(value, self.share) for value in values)
        return f"{self.fit_name(fit)}: train {train}, validation {validation}"

    def describe(self, title: str) -> str:
        """Return the whole picture in words."""
        said = [f"{title}."]
        if self.kind == FOLDS:
            said.append(f"{self.fits} fits; {self.place_text(0)}.")
        else:
            said += [f"{self.place_text(place)}." for place in range(len(self.x))]
            if self.now is not None:
                said.append(f"Now: {value_place(self.now)}.")
        if self.failed:
            said.append(f"Failed fits: {numbers.count(self.failed)}.")
        return " ".join(said)

    def table(self) -> tuple[list[str], list[Floats]]:
        """Return headers and columns: a row a fit for folds, else a row a place."""
        if self.kind == FOLDS:
            fits = np.arange(self.fits)
            folds = self.folds or self.fits
            headers = ["repetition", "fold", f"train {self.y_label}", f"validation {self.y_label}"]
            parts = [self.train.scores[0], self.validation.scores[0]]
            return headers, [fits // folds + 1, fits % folds + 1, *parts]
        headers, columns = [self.x_label], [self.x]
        for name, part in (("train", self.train), ("validation", self.validation)):
            for what, column in (
                ("mean", part.mean), ("standard error", part.error),
                ("95 % low", part.low), ("95 % high", part.high),
            ):  # fmt: skip
                headers.append(f"{name} {what}")
                columns.append(column)
            for fit in range(self.fits):
                headers.append(f"{name} {self.fit_name(fit)}")
                columns.append(part.scores[:, fit])
        return headers, columns


def value_text(value: float, share: bool) -> str:
    """Return a score in short."""
    return numbers.percent(value) if share else numbers.short(value)


def value_place(value: float) -> str:
    """Return a value of a setting as a person writes it: 10, 0.03, 1e-05."""
    return numbers.place(value) if float(value).is_integer() else numbers.signed(f"{value:.6g}")
