"""One curve of several runs: the live one bold, the others pale, each with its name at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots.curves import CurvePlot
from mlloop_gui.plots.header import Entry, line_glyph
from mlloop_gui.plots.series import Series, glyph_for, pen_for
from mlloop_gui.theme import Theme

#: More runs than this are named in the read-out and the table, not beside their lines.
_MOST_LABELS = 8


@dataclass(frozen=True, eq=False)
class RunLine:
    """The curve of a run: ``x`` and ``y`` of one length."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    live: bool = False


def _live_pen(theme: Theme) -> QPen:
    pen = pen_for("train", theme)
    pen.setWidthF(2.0)
    return pen


class RunCurves(CurvePlot):
    """The curves of several runs over their updates."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        self._names: tuple[str, ...] = ()
        self._live = ""
        super().__init__(title, parent=parent)

    def set_runs(self, lines: Sequence[RunLine]) -> None:
        """Show these curves and no others; names tell them apart."""
        names = [line.name for line in lines]
        self._live = next((line.name for line in lines if line.live), "")
        with self.together():
            for gone in set(self.series_names()) - set(names):
                self.remove_series(gone)
            for line in lines:
                self.set_series(line.name, line.x, line.y, "train" if line.live else "pale")
            self._names = tuple(names)
        self._restyle()

    def _restyle(self) -> None:
        super()._restyle()
        item = self._items.get(self._live)
        if item is not None:
            item.setPen(_live_pen(self.theme))

    def _prominent(self) -> list[Series]:
        return [self._series[name] for name in self._names if name in self._series]

    def _place_marks(self) -> None:
        super()._place_marks()
        if self._overlay is not None and 0 < len(self._names) <= _MOST_LABELS:
            self._overlay.marks.labels = self._end_labels(self._prominent())
            self._overlay.update()

    def _entries(self) -> list[Entry]:
        if not any(len(line.x) for line in self._prominent()):
            return [Entry("no values yet")]
        entries = [Entry("this run", line_glyph(_live_pen), 22.0)]
        if len(self._names) > 1:
            entries.append(Entry("other runs", glyph_for("pale"), 22.0))
        return entries
