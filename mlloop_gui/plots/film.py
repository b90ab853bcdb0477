"""A row of small pictures of one model as it learned, each at its update."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.film_picture import FilmPicture, paint
from mlloop_gui.theme import Theme, font

_SMALLEST, _LARGEST = 64, 190
_GAP, _MARGIN = 18.0, 8.0
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Film(Canvas):
    """Pictures in a row; a click, or Enter on the one in focus, asks to travel to its update.

    Signals
    -------
    chosen : object
        The update (int) of the picture.
    focus_moved : int
        Place of the picture that has the focus now.
    """

    own_keys = (*_STEPS, *_ENDS, *_ENTER)

    chosen = Signal(object)
    focus_moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._pictures: tuple[FilmPicture, ...] = ()
        self._images: dict[int, tuple[FilmPicture, QImage]] = {}
        self._points: NDArray[np.float64] = np.empty((0, 2))
        self._metric = "accuracy"
        self._here: int | None = None
        self._focus = 0
        self._hovered: int | None = None
        self._side = 110
        super().__init__("", parent)
        self.setAccessibleName("Pictures of the run")
        self.setMouseTracking(True)
        self.refresh()

    # What is shown

    def set_pictures(
        self, pictures: Sequence[FilmPicture], metric: str, points: NDArray[np.float64]
    ) -> None:
        """Show pictures, oldest first.

        Parameters
        ----------
        pictures : sequence of FilmPicture
            One that was shown before is not painted anew.
        metric : str
            ``"accuracy"`` (a share) or the name of another measure.
        points : array, shape (n, 2)
            Samples under a curve.
        """
        if points is not self._points:
            self._images.clear()
        self._pictures, self._metric, self._points = tuple(pictures), metric, points
        kept = {picture.update for picture in pictures}
        self._images = {update: made for update, made in self._images.items() if update in kept}
        self._focus = min(self._focus, max(len(pictures) - 1, 0))
        self._fit()
        self.refresh()

    def pictures(self) -> tuple[FilmPicture, ...]:
        """Return the pictures shown."""
        return self._pictures

    def set_here(self, update: int) -> None:
        """Frame the picture of the update on screen, or mark its place between two."""
        if update != self._here:
            self._here = update
            self.update()

    def here(self) -> int | None:
        """Return the place of the framed picture, None while the run stands between two."""
        places = [k for k, picture in enumerate(self._pictures) if picture.update == self._here]
        return places[0] if places else None

    def nearest(self) -> int | None:
        """Return the place of the picture at the update on screen, or of the last before it."""
        if self._here is None or not self._pictures:
            return None
        return max(sum(picture.update <= self._here for picture in self._pictures) - 1, 0)

    def set_room(self, height: int) -> None:
        """Make the pictures as large as a height allows."""
        side = int(height - self._caption_height() - _MARGIN - 4.0)
        side = min(max(side, _SMALLEST), _LARGEST)
        if side != self._side:
            self._side = side
            self._images.clear()
            self._fit()
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._images.clear()
        super().set_theme(theme)
        self._fit()

    def _fit(self) -> None:
        wide = len(self._pictures) * self._step() + 2.0 * _MARGIN
        self.setMinimumSize(int(wide), int(self._side + self._caption_height()))

    # Words

    def _captions(self, picture: FilmPicture) -> tuple[str, str, str]:
        if self._metric == "accuracy":
            metric = numbers.percent(picture.metric)
        else:
            metric = numbers.fixed(picture.metric, 3) if picture.metric > -1000 else "below −1000"
        name = "accuracy" if self._metric == "accuracy" else self._metric
        return (
            f"update {numbers.count(picture.update)}",
            f"loss {numbers.short(picture.loss)}",
            f"{name} {metric}",
        )

    def describe(self) -> str:
        """Return the pictures in words."""
        if not self._pictures:
            return "No pictures yet."
        first, last = self._pictures[0], self._pictures[-1]
        said = "The model at updates "
        said += ", ".join(numbers.count(picture.update) for picture in self._pictures)
        return (
            f"{said}. The training loss goes from {numbers.short(first.loss)} to"
            f" {numbers.short(last.loss)}."
        )

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return update, training loss and metric of each picture."""
        shown = self._pictures
        columns = [[p.update for p in shown], [p.loss for p in shown], [p.metric for p in shown]]
        return ["update", "training loss", f"training {self._metric}"], columns

    def tip(self, at: QPointF) -> str:
        """Return the numbers of the picture under the cursor at full precision."""
        place = self._at(at)
        if place is None:
            return ""
        shown = self._pictures[place]
        return (
            f"Travel to update {numbers.count(shown.update)}\n"
            f"training loss {shown.loss!r}, {self._metric} {shown.metric!r}"
        )

    # Geometry

    def _step(self) -> float:
        return max(self._side, self._caption_width()) + _GAP

    def _caption_width(self) -> float:
        return self.text_width("accuracy 100.0 %") + 2.0

    def _caption_height(self) -> float:
        return 3.0 * self.line_height() + 6.0

    def box(self, place: int) -> QRectF:
        """Return where a picture stands."""
        step = self._step()
        left = _MARGIN + place * step + (step - self._side) / 2.0
        return QRectF(round(left), _MARGIN, self._side, self._side)

    def _at(self, at: QPointF) -> int | None:
        place = int((at.x() - _MARGIN) // self._step())
        high = self._side + self._caption_height() + 2.0 * _MARGIN
        inside = 0 <= place < len(self._pictures) and 0.0 <= at.y() <= high
        return place if inside else None

    def sizeHint(self) -> QSize:
        """Return room for every picture."""
        return self.minimumSize()

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint the pictures with their numbers."""
        painter.fillRect(self.rect(), QColor(self.theme.panel))
        if not self._pictures:
            box = QRectF(_MARGIN, _MARGIN, self.width() - 2 * _MARGIN, self.line_height())
            text = "No pictures yet: they come as the run passes updates 0, 1, 3, 10, 30, 100 …"
            self.write(painter, box, text, self.theme.muted, Qt.AlignmentFlag.AlignLeft)
            return
        for place, picture in enumerate(self._pictures):
            self._draw_picture(painter, place, picture)
        if self._here is not None and self.here() is None:
            self._draw_between(painter, self._here)

    def _draw_picture(self, painter: QPainter, place: int, picture: FilmPicture) -> None:
        theme, box = self.theme, self.box(place)
        painter.drawImage(box.topLeft(), self._image(picture))
        is_here = place == self.here()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        edge = theme.muted if place == self._hovered else theme.border
        painter.setPen(QPen(QColor(theme.accent if is_here else edge), 3.0 if is_here else 1.0))
        reach = 2.0 if is_here else 0.5
        painter.drawRect(box.adjusted(-reach, -reach, reach, reach))
        if place == self._focus and self._focus_shown:
            painter.setPen(QPen(QColor(theme.text), 1.0, Qt.PenStyle.DotLine))
            painter.drawRect(box.adjusted(-6.0, -6.0, 6.0, 6.0))
        step, line = self._step(), self.line_height()
        row = QRectF(_MARGIN + place * step + 2.0, box.bottom() + 4.0, step - 4.0, line)
        strong = font("small", bold=True)
        colors = (theme.accent if is_here else theme.text, theme.text, theme.text)
        for k, text in enumerate(self._captions(picture)):
            face = strong if k == 0 else None
            self.write(painter, row.translated(0.0, k * line), text, colors[k], face=face)

    def _draw_between(self, painter: QPainter, here: int) -> None:
        """A line where the run stands, between two pictures or behind the last."""
        place = sum(picture.update < here for picture in self._pictures)
        x = round(_MARGIN + place * self._step())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(self.theme.accent), 2.0))
        painter.drawLine(QPointF(x, _MARGIN), QPointF(x, _MARGIN + self._side))

    def _image(self, picture: FilmPicture) -> QImage:
        made = self._images.get(picture.update)
        if made is None or made[0] is not picture:
            image = paint(picture, self._side, self.devicePixelRatioF(), self.theme, self._points)
            made = self._images[picture.update] = (picture, image)
        return made[1]

    # Mouse and keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the focus, or travel to the picture that has it."""
        key, last = Qt.Key(event.key()), len(self._pictures) - 1
        if last < 0 or not (key in _STEPS or key in _ENDS or key in _ENTER):
            super().keyPressEvent(event)
        elif key in _ENTER:
            self.chosen.emit(self._pictures[self._focus].update)
        else:
            place = self._focus + _STEPS[key] if key in _STEPS else last * -_ENDS[key]
            self._focus = min(max(place, 0), last)
            self._focus_shown = True
            self.focus_moved.emit(self._focus)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Travel to the picture under the cursor."""
        place = self._at(event.position())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._focus = place
            self.update()
            self.chosen.emit(self._pictures[place].update)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that the picture under the cursor can be clicked."""
        self._hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor."""
        self._hover(None)

    def _hover(self, place: int | None) -> None:
        if place != self._hovered:
            self._hovered = place
            hand = Qt.CursorShape.PointingHandCursor
            self.setCursor(Qt.CursorShape.ArrowCursor if place is None else hand)
            self.update()


class FilmScroll(QScrollArea):
    """Scrolls a film sideways; its pictures are as large as the height allows."""

    def __init__(self, film: Film, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._film = film
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Pictures of the run, from left to right")
        self.setWidget(film)
        self.setMinimumHeight(_SMALLEST + 70)
        film.focus_moved.connect(self.bring)

    def bring(self, place: int) -> None:
        """Scroll until a picture is in view."""
        box = self._film.box(place)
        self.ensureVisible(int(box.center().x()), 0, int(box.width() / 2 + _GAP), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the pictures the height, less that of the scroll bar whether it shows or not."""
        self._film.set_room(self.height() - self.horizontalScrollBar().sizeHint().height())
        super().resizeEvent(event)
