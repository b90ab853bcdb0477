"""The data source: a menu in groups, and thumbnails drawn from the generators' own samples."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from core.experiment import Field
from core.registry import registry
from core.seeds import stream
from mlloop_gui import theme as themes
from mlloop_gui.panels.fields.binding import Session
from mlloop_gui.panels.fields.choice import ChoiceEditor, Section, part_option

TABLE, DRAWN = "csv", "drawn"
OWN = (TABLE, DRAWN)
POINTS = 130
_GROUPS = (
    ("Generated, classes", lambda part: part.generated and part.task == "classification"),
    ("Generated, numbers", lambda part: part.generated and part.task == "regression"),
    ("Real data", lambda part: not part.generated and part.name not in OWN),
    ("Your own", lambda part: part.name in OWN),
)


def source_sections() -> list[Section]:
    """All sources, in groups."""
    parts = list(registry("sources"))
    return [(title, [part_option(p) for p in parts if belongs(p)]) for title, belongs in _GROUPS]


class SourceEditor(ChoiceEditor):
    """Choosing a source brings what must follow; what is one's own is asked for first.

    `own_wanted` is emitted with the source's name when a person picks a table or drawn points;
    the choice is made once the table is open, or the points are drawn.
    """

    own_wanted = Signal(str)

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(session, field, parent)
        self.binding.apply = session.choose_source
        self.set_sections(source_sections())
        self.show_value(self.binding.value)

    def choose(self, name: str) -> None:
        """A person has picked `name`."""
        if name in OWN:
            self.binding.restore()
            self.own_wanted.emit(name)
        else:
            super().choose(name)


@lru_cache(maxsize=64)
def _points(source: str) -> tuple[Any, Any]:
    """Coordinates (n, 2) in [-1, 1] and a class or a height for each."""
    part: Any = registry("sources")[source]
    inputs, target = part.sample(POINTS, stream(7, "thumbnail"), 0.4 * part.noise, part.classes)
    if inputs.shape[1] == 1:
        inputs = np.column_stack([inputs[:, 0], target / max(np.abs(target).max(), 1e-9)])
    return np.clip(inputs[:, :2] / 1.1, -1, 1), target


@lru_cache(maxsize=64)
def thumbnail(source: str, theme: themes.Theme, size: int, ratio: float) -> QPixmap:
    """A generator's samples as a picture `size` pixels wide, on a display of that pixel ratio."""
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor(theme.paper))
    points, target = _points(source)
    classes = registry("sources")[source].task == "classification"
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    half, radius = size / 2, max(1.0, size / 26)
    pen = QPen(Qt.GlobalColor.black, 2 * radius)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    groups = np.unique(target) if classes else [None]
    for group in groups:
        chosen = points if group is None else points[target == group]
        color = theme.text if group is None else theme.class_colors[int(group) % 10]
        pen.setColor(QColor(color))
        painter.setPen(pen)
        painter.drawPoints([QPointF(half * (1 + 0.9 * x), half * (1 - 0.9 * y)) for x, y in chosen])
    painter.end()
    return picture


class Tile(QAbstractButton):
    """A square button with a frame; `TILE` pixels wide at scale 1."""

    TILE = 32

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        side = round(self.TILE * themes.current_scale())
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paint_inside(self, painter: QPainter, frame: QRectF, theme: themes.Theme) -> None:
        """Paint what the frame surrounds."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = themes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.paper))
        painter.drawRoundedRect(frame, 4, 4)
        self.paint_inside(painter, frame, theme)
        strong = self.isChecked() or self.hasFocus()
        pen = QPen(QColor(theme.accent if strong or self.underMouse() else theme.border))
        pen.setWidthF(2.0 if strong else 1.0)
        if not self.isChecked() and self.hasFocus():
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, 4, 4)
        painter.end()


class Thumbnail(Tile):
    """A button that shows a source; drawn when it is first painted, never before."""

    def __init__(self, source: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        part = registry("sources")[source]
        self.source = source
        self.setObjectName(f"thumbnail.{source}")
        self.setCheckable(True)
        self.setAccessibleName(part.label)
        self.setAccessibleDescription(part.explanation)
        self.setToolTip(part_option(part).tip)

    def paint_inside(self, painter: QPainter, frame: QRectF, theme: themes.Theme) -> None:
        """Paint the source's samples."""
        side = round(frame.width()) - 4
        picture = thumbnail(self.source, theme, side, self.devicePixelRatioF())
        painter.drawPixmap(frame.topLeft() + QPointF(2, 2), picture)


class TableTile(Tile):
    """A button that opens a person's own table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("open_table")
        self.setText("CSV")
        self.setAccessibleName("Open a table of your own")
        self.setToolTip("Open a table: learn from your own CSV or TSV file.")

    def paint_inside(self, painter: QPainter, frame: QRectF, theme: themes.Theme) -> None:
        """Write what it opens, over a row of cells."""
        painter.setPen(QPen(QColor(theme.border), 1))
        for share in (1 / 3, 2 / 3):
            x = frame.left() + share * frame.width()
            painter.drawLine(
                QPointF(x, frame.top() + 0.68 * frame.height()), QPointF(x, frame.bottom())
            )
        y = frame.top() + 0.68 * frame.height()
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        painter.setPen(QColor(theme.text))
        painter.setFont(themes.font("small", bold=True))
        upper = frame.adjusted(0, 1, 0, -0.32 * frame.height())
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, self.text())
