"""A sample that is a picture, such as a digit of 8 x 8 numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.layers import to_image
from mlloop_gui.theme import rgb


class PictureView(Canvas):
    """A grey picture, paper at its lowest value and ink at its highest; row 0 is the top."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        self._values: NDArray[np.float64] = np.empty((0, 0))
        self._limits = (0.0, 1.0)
        self._image: QImage | None = None
        super().__init__(title, parent)
        if not title:
            self.setAccessibleName("picture of the sample")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def set_picture(self, values: ArrayLike, limits: tuple[float, float] | None = None) -> None:
        """Show values, shape (rows, columns), with ``limits`` as paper and ink."""
        self._values = np.asarray(values, dtype=np.float64)
        if self._values.ndim != 2:
            raise ValueError(f"a picture has two sides, not shape {self._values.shape}")
        finite = self._values[np.isfinite(self._values)]
        if limits is None:
            limits = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        self._limits = limits
        self.refresh()

    def refresh(self) -> None:
        """Make the picture anew in the colours of the theme."""
        self._image = None
        if self._values.size:
            low, high = self._limits
            share = np.clip((self._values - low) / ((high - low) or 1.0), 0.0, 1.0)
            share = np.nan_to_num(share, nan=0.0)[..., None]
            colors = (1.0 - share) * rgb(self.theme.paper) + share * rgb(self.theme.text)
            self._image = to_image(np.rint(colors[::-1]).astype(np.uint8), None)
        super().refresh()

    def describe(self) -> str:
        """Return the picture in words."""
        if not self._values.size:
            return "No picture."
        rows, columns = self._values.shape
        low, high = (numbers.short(limit) for limit in self._limits)
        return f"Picture of {rows} × {columns} numbers; paper is {low}, ink {high}."

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return a column for each column of the picture."""
        count = self._values.shape[1]
        return [str(k) for k in range(count)], list(self._values.T)

    def tip(self, at: QPointF) -> str:
        """Return the number under the cursor."""
        area = self._area()
        if not self._values.size or not area.contains(at):
            return ""
        rows, columns = self._values.shape
        row = min(int((at.y() - area.top()) / area.height() * rows), rows - 1)
        column = min(int((at.x() - area.left()) / area.width() * columns), columns - 1)
        return f"[{row}, {column}] = {float(self._values[row, column])!r}"

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(112, 112 + int(self.title_height()))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(64, 64 + int(self.title_height()))

    def _area(self) -> QRectF:
        top = self.title_height()
        rows, columns = self._values.shape if self._values.size else (1, 1)
        room_x, room_y = self.width() - 2.0, self.height() - top - 2.0
        cell = max(min(room_x / columns, room_y / rows), 1.0)
        return QRectF(1.0, top + 1.0, cell * columns, cell * rows)

    def draw(self, painter: QPainter) -> None:
        """Paint the picture with sharp cells, in a frame."""
        if self._image is None:
            box = QRectF(0.0, self.title_height(), self.width(), self.line_height())
            self.write(painter, box, "no picture", self.theme.muted)
            return
        area = self._area()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(area, self._image)
        painter.setPen(QColor(self.theme.border))
        painter.drawRect(area)
