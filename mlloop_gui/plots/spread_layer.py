"""What the validation plot is painted from: fits as dots, means as lines, their bands and ends."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from mlloop_gui.plots.in_view import InView
from mlloop_gui.plots.series import pen_for
from mlloop_gui.plots.spread import FOLDS, Floats, Part, Spread
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import Theme, current, current_scale, font

TRAIN, VALIDATION = "train", "validation"
#: Pixels by which train is drawn to the left and validation to the right of a place.
_ASIDE = 3.5
_FARTHEST = 1e5
_NOW = "now"
#: Where the mean of the folds stands, in places right of the last fit, and what is free after it.
MEAN_AT, MEAN_ROOM = 1.0, 0.7


def dot(p: QPainter, at: QPointF, style: str, theme: Theme, radius: float) -> None:
    """Draw one fit: train filled, validation hollow."""
    ink = QColor(theme.text)
    filled = style == TRAIN
    p.setPen(QPen(QColor(theme.panel) if filled else ink, 1.0 if filled else 1.3))
    p.setBrush(ink if filled else QColor(theme.panel))
    p.drawEllipse(at, radius, radius)


def legend_dot(style: str) -> Any:
    """Return a legend's sample: the line of the mean with a fit on it."""

    def draw(p: QPainter, middle: QPointF, theme: Theme) -> None:
        scale = current_scale()
        p.setPen(pen_for(style, theme))
        p.drawLine(middle - QPointF(11.0 * scale, 0.0), middle + QPointF(11.0 * scale, 0.0))
        dot(p, middle, style, theme, 3.0 * scale)

    return draw


def legend_band(p: QPainter, middle: QPointF, theme: Theme) -> None:
    """Draw a legend's sample of a band: one standard error to each side."""
    scale = current_scale()
    p.fillRect(QRectF(middle.x() - 9.0 * scale, middle.y() - 4.0 * scale, 18.0 * scale,
                      8.0 * scale), _band_color(theme))  # fmt: skip


def legend_interval(p: QPainter, middle: QPointF, theme: Theme) -> None:
    """Draw a legend's sample of an interval's two ends."""
    scale = current_scale()
    p.setPen(QPen(QColor(theme.muted), 1.2))
    _whisker(p, middle.x(), middle.y() - 6.0 * scale, middle.y() + 6.0 * scale, 3.5 * scale)


def _band_color(theme: Theme) -> QColor:
    return QColor(mix(theme.text, theme.panel, 0.84))


def _whisker(p: QPainter, x: float, top: float, bottom: float, cap: float) -> None:
    p.drawLine(QPointF(x, top), QPointF(x, bottom))
    for y in (top, bottom):
        p.drawLine(QPointF(x - cap, y), QPointF(x + cap, y))


class SpreadLayer(InView):
    """Paints a `Spread` in device pixels; the scores may be drawn by their exponents of ten."""

    def __init__(self) -> None:
        super().__init__()
        self._spread: Spread | None = None
        self._log_y = False
        self._pale = False
        self._cursor: int | None = None
        self._theme = current()
        self.setZValue(5)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.update()

    def set_spread(self, spread: Spread | None, log_y: bool) -> None:
        """Show scores; None shows nothing."""
        self._spread, self._log_y = spread, log_y
        self.update()

    def set_state(self, pale: bool, cursor: int | None) -> None:
        """Say whether it belongs to other settings, and where the cursor is."""
        if (pale, cursor) != (self._pale, self._cursor):
            self._pale, self._cursor = pale, cursor
            self.update()

    def paint(self, p: QPainter, *args: Any) -> None:
        """Paint bands, then lines, then what lies on them."""
        spread = self._spread
        if spread is None:
            return
        transform = p.worldTransform()
        area = transform.mapRect(self._rect)
        p.resetTransform()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setClipRect(area.adjusted(-1.0, -1.0, 1.0, 1.0))
        self._paint_places(p, transform, area, spread)
        if self._pale:
            p.setOpacity(0.5)
        parts = ((TRAIN, spread.train), (VALIDATION, spread.validation))
        paint = self._paint_folds if spread.kind == FOLDS else self._paint_curve
        for step in ("band", "line", "marks"):
            for style, part in parts:
                paint(p, transform, spread, part, style, step)

    # -- what both kinds have ------------------------------------------------------------------

    def _up(self, values: Floats) -> Floats:
        """The scores as the axis has them."""
        if not self._log_y:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.log10(values)
        # What reaches to 0 and below leaves the picture at the bottom.
        return np.where(values <= 0.0, -_FARTHEST, found)

    def _y(self, transform: QTransform, value: float) -> float:
        at = transform.map(QPointF(0.0, float(self._up(np.array([value]))[0]))).y()
        return min(max(at, -_FARTHEST), _FARTHEST)

    def _paint_places(
        self, p: QPainter, transform: QTransform, area: QRectF, spread: Spread
    ) -> None:
        """The present place, and the one that the cursor is at."""
        places = spread.places()
        if self._cursor is not None and self._cursor < len(places):
            x = transform.map(QPointF(float(places[self._cursor]), 0.0)).x()
            p.setPen(QPen(QColor(self._theme.muted), 1.0))
            p.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if spread.now is None or spread.kind == FOLDS:
            return
        now = float(spread.along(np.array([spread.now]))[0])
        x = transform.map(QPointF(now, 0.0)).x()
        p.setPen(QPen(QColor(self._theme.accent), 1.4))
        p.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        p.setFont(font("small"))
        width = p.fontMetrics().horizontalAdvance(_NOW)
        left = x + 4.0 if x + 4.0 + width <= area.right() else x - 4.0 - width
        p.drawText(QPointF(left, area.top() + p.fontMetrics().ascent() + 1.0), _NOW)

    def _paint_interval(
        self, p: QPainter, transform: QTransform, part: Part, place: int, x: float
    ) -> None:
        low, high = float(part.low[place]), float(part.high[place])
        if not np.isfinite([low, high]).all():
            return
        p.setPen(QPen(QColor(self._theme.muted), 1.2))
        cap = 3.5 * current_scale()
        _whisker(p, x, self._y(transform, high), self._y(transform, low), cap)

    # -- folds, side by side -------------------------------------------------------------------

    def _paint_folds(
        self, p: QPainter, transform: QTransform, spread: Spread, part: Part, style: str, step: str
    ) -> None:
        scale, theme = current_scale(), self._theme
        side = (-1.0 if style == TRAIN else 1.0) * _ASIDE * scale
        places = spread.places()
        mean, error = float(part.mean[0]), float(part.error[0])
        left = transform.map(QPointF(float(places[0]) - 0.4, 0.0)).x()
        across = transform.map(QPointF(float(places[-1]) + MEAN_AT, 0.0)).x() + side
        if step == "band" and np.isfinite([mean, error]).all():
            top, bottom = self._y(transform, mean + error), self._y(transform, mean - error)
            p.fillRect(QRectF(left, top, across - left, bottom - top), _band_color(theme))
        if step == "line" and np.isfinite(mean):
            p.setPen(pen_for(style, theme))
            y = self._y(transform, mean)
            p.drawLine(QPointF(left, y), QPointF(across, y))
        if step != "marks":
            return
        for place, value in zip(places.tolist(), part.scores[0].tolist(), strict=True):
            if np.isfinite(value):
                x = transform.map(QPointF(place, 0.0)).x() + side
                dot(p, QPointF(x, self._y(transform, value)), style, theme, 3.6 * scale)
        self._paint_interval(p, transform, part, 0, across)
        if np.isfinite(mean):
            dot(p, QPointF(across, self._y(transform, mean)), style, theme, 4.4 * scale)

    # -- curves --------------------------------------------------------------------------------

    def _paint_curve(
        self, p: QPainter, transform: QTransform, spread: Spread, part: Part, style: str, step: str
    ) -> None:
        theme, scale = self._theme, current_scale()
        xs = [transform.map(QPointF(place, 0.0)).x() for place in spread.places().tolist()]
        known = np.isfinite(part.mean)
        if step == "band":
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(_band_color(theme))
            # A mean of one fit has no error: the band is a line there.
            error = np.where(np.isfinite(part.error), part.error, 0.0)
            for first, last in _stretches(known):
                at = range(first, last)
                over = [QPointF(xs[k], self._y(transform, part.mean[k] + error[k])) for k in at]
                under = [QPointF(xs[k], self._y(transform, part.mean[k] - error[k])) for k in at]
                p.drawPolygon(QPolygonF([*over, *reversed(under)]))
            p.setBrush(Qt.BrushStyle.NoBrush)
        elif step == "line":
            p.setPen(pen_for(style, theme))
            for first, last in _stretches(known):
                line = [
                    QPointF(xs[k], self._y(transform, part.mean[k])) for k in range(first, last)
                ]
                p.drawPolyline(QPolygonF(line))
        else:
            side = (-1.0 if style == TRAIN else 1.0) * _ASIDE * scale
            for place, x in enumerate(xs):
                self._paint_interval(p, transform, part, place, x + side)
                for value in part.scores[place].tolist():
                    if np.isfinite(value):
                        middle = QPointF(x + side, self._y(transform, value))
                        dot(p, middle, style, theme, 2.3 * scale)


def _stretches(known: np.ndarray) -> list[tuple[int, int]]:
    """First and one past the last of each row of places that are known."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
