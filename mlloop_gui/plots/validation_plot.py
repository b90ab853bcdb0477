"""How scores of fits that were judged on held-out folds spread: folds, or a curve of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import ranges
from mlloop_gui.plots.axes import Axis
from mlloop_gui.plots.base import Plot
from mlloop_gui.plots.header import Entry
from mlloop_gui.plots.keys import keeps
from mlloop_gui.plots.series import Series
from mlloop_gui.plots.spread import FOLDS, SETTING, Spread
from mlloop_gui.plots.spread_layer import (
    MEAN_AT,
    MEAN_ROOM,
    TRAIN,
    VALIDATION,
    SpreadLayer,
    legend_band,
    legend_dot,
    legend_interval,
)
from mlloop_gui.theme import font, text_width

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_KEYS = (*_STEPS, *_TAKE)
#: Scores that reach over more than this factor are drawn by their exponents of ten.
_LOG_FROM = 50.0
#: Share of the height that is kept free above and below, so that no dot is cut.
_FREE = 0.04
_LEGENDS = {style: legend_dot(style) for style in (TRAIN, VALIDATION)}


class PlacesAxis(Axis):
    """An axis whose ticks are the places that were looked at, those that have room."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self._places: list[float] = []
        self._texts: list[str] = []

    def set_places(self, places: list[float], texts: list[str]) -> None:
        """Say where something stands, from left to right, and what is written there."""
        self._places, self._texts = places, texts
        self.redraw()

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        """Return the places whose texts have room beside one another."""
        if size <= 0 or not maxVal > minVal:
            return []
        kept, end = [], -np.inf
        for place, text in zip(self._places, self._texts, strict=True):
            middle = (place - minVal) / (maxVal - minVal) * size
            half = text_width(text, "small") / 2.0
            if middle - half >= end:
                kept.append(place)
                end = middle + half + 8.0
        return [(1.0, kept)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the texts of the places."""
        texts = dict(zip(self._places, self._texts, strict=True))
        return self._beside_label(values, [texts.get(value, "") for value in values])


class ValidationPlot(Plot):
    """Fits as dots with their mean, its standard error as a band and its 95 % interval.

    Train is ink, filled and solid; validation hollow and dashed. The cursor, or the arrow keys,
    read out a place. On a validation curve a click, or Enter, chooses it.

    Signals
    -------
    chosen : int
        The place of a validation curve that a person wants.
    """

    chosen = Signal(int)

    def __init__(self, title: str = "Validation", parent: QWidget | None = None) -> None:
        self.layer: SpreadLayer | None = None
        self._spread: Spread | None = None
        self._note, self._pale, self._log_y = "", False, False
        self._cursor: int | None = None
        self._places = PlacesAxis()
        super().__init__(title, parent=parent, x_axis=self._places)
        self.layer = SpreadLayer()
        self.addItem(self.layer, ignoreBounds=True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(260, 96)
        self._restyle()
        self.set_spread(None)

    # What is shown

    def set_spread(self, spread: Spread | None) -> None:
        """Show scores; None shows nothing."""
        self._spread, self._cursor = spread, None
        if self.layer is None or self.header is None:
            return
        self._log_y = spread is not None and _is_wide(spread)
        self.layer.set_spread(spread, self._log_y)
        for item in (self.x_axis, self.y_axis, self.grid):
            item.setOpacity(float(spread is not None))
        if spread is None:
            self.header.set_entries([])
        else:
            self._fit(spread)
            parts = [Entry(style, _LEGENDS[style], 22.0) for style in (TRAIN, VALIDATION)]
            band = Entry("standard error", legend_band, 18.0)
            interval = Entry("95 % of the mean", legend_interval, 8.0)
            self.header.set_entries([*parts, band, interval])
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if self._takes else Qt.CursorShape.ArrowCursor
        )
        self._show()

    @property
    def spread(self) -> Spread | None:
        """What is shown."""
        return self._spread

    @property
    def pale(self) -> bool:
        """Whether it belongs to other settings."""
        return self._pale

    def set_state(self, title: str, detail: str, pale: bool, note: str = "") -> None:
        """Set the words above, whether it belongs to other settings, and what an empty one says."""
        self.set_title(title, detail)
        self._pale, self._note = pale, note
        self._show()

    def set_now(self, now: float | None) -> None:
        """Mark the present value of the setting."""
        if self._spread is None or self._spread.now == now or self.layer is None:
            return
        self._spread = replace(self._spread, now=now)
        self.layer.set_spread(self._spread, self._log_y)
        self._fit(self._spread)

    def _fit(self, spread: Spread) -> None:
        """Set the ranges in view and the ticks."""
        places, texts = spread.places().tolist(), spread.place_texts()
        folds = spread.kind == FOLDS
        ends = [*places, *([] if spread.now is None else spread.along(np.array([spread.now])))]
        left, right = min(ends), max(ends)
        room = 0.6 if folds else 0.04 * ((right - left) or 1.0)
        right += MEAN_AT + MEAN_ROOM - room if folds else 0.0
        if folds:
            places, texts = [*places, places[-1] + MEAN_AT], [*texts, "mean"]
        self._places.set_places(places, texts)
        self.y_axis.percent = spread.share
        self.y_axis.set_log(self._log_y)
        lines = [Series.of("", "train", np.arange(len(y)), y) for y in _heights(spread)]
        up = ranges.log_y_range(lines, None, ()) if self._log_y else ranges.y_range(lines, None)
        free = _FREE * (up[1] - up[0])
        up = up[0] - free, up[1] + free
        self.set_view((left - room, right + room), up)
        if self.layer is not None:
            self.layer.set_rect(
                QRectF(left - room, up[0], right - left + 2.0 * room, up[1] - up[0])
            )

    def _show(self) -> None:
        if self.layer is not None:
            self.layer.set_state(self._pale, self._cursor)
            self.announce()
            self.viewport().update()

    def _restyle(self) -> None:
        if self.layer is not None:
            self.layer.set_theme(self.theme)
        super()._restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the plot, or what to say where there is none."""
        super().paintEvent(event)
        if self._spread is not None or not self._note:
            return
        with QPainter(self.viewport()) as p:
            p.setFont(font("base"))
            p.setPen(QColor(self.theme.muted))
            box = QRectF(self.viewport().rect()).adjusted(16.0, 24.0, -16.0, -8.0)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            p.drawText(box, flags, self._note)

    # Words

    def describe(self) -> str:
        """Return the picture in words."""
        if self._spread is None:
            return self._note or "Nothing has been measured yet."
        return self._spread.describe(self.title())

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return a row for each fold, or for each place of a curve."""
        return self._spread.table() if self._spread is not None else (["score"], [[]])

    def text_at(self, place: int) -> str:
        """Return what is read out at a place; the one after the last fold is their mean."""
        spread = self._spread
        if spread is None:
            return ""
        if spread.kind == FOLDS:
            return spread.place_text(0) if place >= spread.fits else spread.fit_text(0, place)
        said = spread.place_text(place)
        return f"{said} – click to take it" if self._takes else said

    # Mouse and keys

    @property
    def _takes(self) -> bool:
        """Whether a click chooses a place."""
        return self._spread is not None and self._spread.kind == SETTING

    def _stops(self) -> np.ndarray:
        """Where the cursor may stand."""
        if self._spread is None:
            return np.empty(0)
        places = self._spread.places()
        return np.append(places, places[-1] + MEAN_AT) if self._spread.kind == FOLDS else places

    def place_at(self, at: QPointF) -> int | None:
        """Return the place nearest to a pixel of the viewport; None outside the plot."""
        data, stops = self.to_data(at), self._stops()
        return None if data is None or not len(stops) else int(np.abs(stops - data.x()).argmin())

    def _set_cursor(self, place: int | None) -> None:
        self._cursor = place
        said = "" if place is None else self.text_at(place)
        self.set_readout(said)
        # The line above a narrow plot has no room for all of it.
        self.viewport().setToolTip(said)
        self._show()

    def hover(self, at: QPointF) -> None:
        """Read out the place nearest to the cursor."""
        self._set_cursor(self.place_at(at))

    def unhover(self) -> None:
        """Take the read-out away."""
        self._set_cursor(None)

    def press(self, at: QPointF) -> None:
        """Choose the place that is clicked at, of a validation curve."""
        place = self.place_at(at)
        if place is not None and self._takes:
            self.chosen.emit(place)

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys, which are the window's shortcuts elsewhere."""
        return keeps(event, _KEYS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from place to place with the arrow keys; Enter chooses."""
        step, stops = _STEPS.get(Qt.Key(event.key())), len(self._stops())
        if step is not None and stops and not event.modifiers():
            before = self._cursor if self._cursor is not None else (-1 if step > 0 else stops)
            self._set_cursor(min(max(before + step, 0), stops - 1))
        elif event.key() in _TAKE and self._takes and self._cursor is not None:
            self.chosen.emit(self._cursor)
        else:
            super().keyPressEvent(event)


def _heights(spread: Spread) -> list[np.ndarray]:
    """Every number that is drawn, as far as it is one."""
    drawn: list[np.ndarray] = []
    for part in (spread.train, spread.validation):
        means = [part.mean - part.error, part.mean + part.error, part.low, part.high]
        drawn += [part.scores.ravel(), part.mean, *means]
    return [values[np.isfinite(values)] for values in drawn]


def _is_wide(spread: Spread) -> bool:
    """Whether means reach over so much that only their exponents of ten can be told apart."""
    if spread.share:
        return False
    means = np.concatenate([spread.train.mean, spread.validation.mean])
    means = means[np.isfinite(means)]
    return len(means) > 1 and means.min() > 0.0 and means.max() > _LOG_FROM * means.min()
