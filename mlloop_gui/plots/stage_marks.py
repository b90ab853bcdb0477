"""What a stage of a turn adds to the samples of the plane: who is in it, and what each costs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from mlloop_gui.plots.header import Entry
from mlloop_gui.theme import Theme, current_scale

#: The radius, in pixels, of the ring of the dearest sample.
LARGEST = 26.0
Ids = NDArray[np.int64]


def _none() -> Ids:
    return np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class StageMarks:
    """Samples by their ids.

    Attributes
    ----------
    said : str
        What is shown, in a few words; empty for the live view.
    emphasised : ndarray of int or None
        The others are pale; None leaves all alike.
    ringed : ndarray of int
    losses : ndarray, one a ringed sample
        The rings' areas.
    outlined : ndarray of int
        Samples in a thin ring of one size.
    """

    said: str = ""
    emphasised: Ids | None = None
    ringed: Ids = field(default_factory=_none)
    losses: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    outlined: Ids = field(default_factory=_none)

    def rows(self, ids: Ids) -> NDArray[np.intp] | None:
        """Return which of ``ids`` stand out; None if all are alike."""
        if self.emphasised is None:
            return None
        return np.flatnonzero(np.isin(ids, self.emphasised))

    def radii(self, ids: Ids) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return which of ``ids`` have a ring, and the radii: areas are as the losses."""
        places = np.flatnonzero(np.isin(ids, self.ringed))
        by_id = dict(zip(self.ringed.tolist(), self.losses.tolist(), strict=True))
        losses = np.array([by_id[at] for at in ids[places].tolist()], np.float64)
        top = self.top()
        shares = np.where(np.isfinite(losses), losses / top, 1.0) if top else np.zeros(len(losses))
        return places, LARGEST * np.sqrt(np.clip(shares, 0.0, 1.0))

    def top(self) -> float:
        """Return the largest loss that is a number, 0 if there is none."""
        finite = self.losses[np.isfinite(self.losses)]
        return float(finite.max(initial=0.0))

    def entries(self) -> list[Entry]:
        """Return the legend of the rings."""
        entries = []
        if len(self.ringed):
            entries.append(Entry("loss", _ring_glyph, 20.0))
        if len(self.outlined):
            entries.append(Entry("next batch", _outline_glyph, 18.0))
        return entries

    def words(self) -> str:
        """Return a sentence for who does not see it; empty in the live view."""
        if not self.said:
            return ""
        return f" Shown for the stage: {self.said}."


LIVE = StageMarks()


def paint_rings(
    p: QPainter, pixels: NDArray[np.float64], radii: NDArray[np.float64], theme: Theme
) -> None:
    """Paint rings with a pale inside at pixels (n, 2)."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    inside = QColor(theme.text)
    inside.setAlpha(38)
    p.setBrush(inside)
    for (x, y), radius in zip(pixels.tolist(), (radii * current_scale()).tolist(), strict=True):
        for color, width in ((theme.paper, 3.0), (theme.text, 1.4)):
            p.setPen(QPen(QColor(color), width))
            p.drawEllipse(QPointF(x, y), radius, radius)
            p.setBrush(Qt.BrushStyle.NoBrush)
        p.setBrush(inside)


def _ring_glyph(painter: QPainter, middle: QPointF, theme: Theme) -> None:
    at = np.array([[middle.x() - 5.0, middle.y()], [middle.x() + 5.0, middle.y()]])
    paint_rings(painter, at, np.array([2.5, 5.0]) / current_scale(), theme)


def _outline_glyph(painter: QPainter, middle: QPointF, theme: Theme) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.text), 1.5))
    painter.drawEllipse(middle, 6.0, 6.0)
