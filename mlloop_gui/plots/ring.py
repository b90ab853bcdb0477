"""The ring: the nine stages as one closed loop, where the person sees and clicks each of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui import theme as themes
from mlloop_gui.plots import ring_picture
from mlloop_gui.plots.ring_layout import EVALUATE, RingLayout
from mlloop_gui.plots.stage_button import StageButton, StageState
from mlloop_gui.theme import Theme

_HELP = (
    "The learning loop: a turn is one update, stages 1 to 8; "
    "stage 9 looks at data the model has not seen."
)


class LoopRing(QWidget):
    """The nine stages as a closed loop: 1 to 4 forward, 5 to 8 backward, 9 beside it.

    Parameters
    ----------
    stages : sequence of (int, str, str, str)
        Number, name, label and question of the stages 1 to 9, in order.
    parent : QWidget, optional
    """

    stage_clicked = Signal(int)

    def __init__(
        self, stages: Sequence[tuple[int, str, str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("ring")
        self.setAccessibleName("Learning loop")
        self.setToolTip(_HELP)
        # Everything is painted, so what lies under a text need not be cleared first.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._theme = themes.current()
        self._done, self._next = 0, 1
        self._sentence = self._counter = ""
        self._layer: str | None = None
        self._marks: tuple[int | None, int | None] = (None, None)
        self.buttons: dict[int, StageButton] = {}
        for number, name, label, question in stages:
            button = StageButton(int(number), name, label, question, self)
            button.clicked.connect(self._pressed)
            self.buttons[int(number)] = button
        self._traveller = _Traveller(self)
        self._fraction: float | None = None
        self._ground: QPixmap | None = None
        self._still: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._show_states()
        self._layout = self._arrange()

    # What the window tells the ring

    def set_position(self, done: int, layer_text: str | None, next_stage: int) -> None:
        """Show that stage ``done`` (0: none) was the last one done and ``next_stage`` comes.

        ``layer_text`` (for example ``layer 1 of 2``) is put before the counter.
        """
        if (done, layer_text, next_stage) == (self._done, self._layer, self._next):
            return
        self._done, self._layer, self._next = done, layer_text, next_stage
        self._show_states()
        self._describe()
        self._redraw()

    def set_sentence(self, text: str) -> None:
        """Show one sentence about the stage, on at most two lines."""
        if text != self._sentence:
            self._sentence = text
            self._describe()
            self.update(self._layout.inside())

    def set_counter(self, text: str) -> None:
        """Show where the run stands, on one line under the sentence."""
        if text != self._counter:
            self._counter = text
            self._describe()
            self.update(self._layout.inside())

    def set_marks(self, seen: int | None, caused: int | None) -> None:
        """Mark the stage where a finding is seen and the one that caused it, with an arrow."""
        if (seen, caused) == self._marks:
            return
        self._marks = (seen, caused)
        for number, button in self.buttons.items():
            button.set_mark("caused" if number == caused else "seen" if number == seen else None)
        self._redraw()

    def set_traveller(self, fraction: float | None) -> None:
        """Show a sample on its way round the ring.

        Parameters
        ----------
        fraction : float or None
            ``(k - 1) / 8`` stands at stage ``k``: 0 at 1, 7/8 at 8, 1 at 9. None hides it.
        """
        self._fraction = fraction
        self._place_traveller()

    def set_theme(self, theme: Theme) -> None:
        """Paint with the colours of ``theme`` and the text size in force."""
        self._theme = theme
        for button in self.buttons.values():
            button.set_theme(theme)
        self._traveller.set_theme(theme)
        self.updateGeometry()
        self._layout = self._arrange()
        self._ground = None
        self._redraw()

    # Geometry

    def sizeHint(self) -> QSize:
        """Return the height at which three lines fit inside the ring."""
        base, small = _line_heights()
        rows = StageButton.pill_height() + small + 1
        return QSize(1180, 2 * rows + 2 * base + small + 9)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size at which nothing overlaps."""
        return QSize(700, self.sizeHint().height())

    def stage_point(self, fraction: float) -> QPointF:
        """Return where the traveller is at ``fraction`` (see `set_traveller`), in pixels."""
        return self._layout.point(fraction)

    def _arrange(self) -> RingLayout:
        metrics = QFontMetrics(themes.font("small"))
        captions = (*ring_picture.OUTER_CAPTION, ring_picture.EVALUATE_CAPTION)
        layout = RingLayout(
            self.width(),
            max(self.height(), self.sizeHint().height()),
            {number: button.sizeHint().width() for number, button in self.buttons.items()},
            StageButton.pill_height(),
            metrics.height(),
            max(metrics.horizontalAdvance(text) for text in captions),
        )
        for number, button in self.buttons.items():
            button.setGeometry(layout.boxes[number])
        return layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the ring out for the new width."""
        super().resizeEvent(event)
        self._layout = self._arrange()
        self._ground = None
        self._redraw()
        self._place_traveller()

    def _place_traveller(self) -> None:
        if self._fraction is None:
            self._traveller.hide()
            return
        at = self._layout.point(self._fraction)
        size = self._traveller.width()
        self._traveller.move(round(at.x() - size / 2), round(at.y() - size / 2))
        self._traveller.show()
        self._traveller.raise_()

    # State

    def _pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, StageButton):
            self.stage_clicked.emit(sender.number)

    def _show_states(self) -> None:
        for number, button in self.buttons.items():
            if number == self._done:
                state = StageState.HERE
            elif number == self._next:
                state = StageState.NEXT
            elif number < self._done < EVALUATE:
                state = StageState.DONE
            else:
                state = StageState.AHEAD
            button.set_state(state)

    def _describe(self) -> None:
        self.setAccessibleDescription(
            f"Stage {self._done} done, {self._next} comes next. {self._sentence} {self._status()}"
        )

    def _status(self) -> str:
        return " · ".join(part for part in (self._layer, self._counter) if part)

    # Painting

    def _redraw(self) -> None:
        self._still = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the still part from its copy, and the texts inside the ring afresh."""
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self._still = self._paint_still(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        self._paint_inside(painter)
        painter.end()

    def _paint_still(self, ratio: float) -> QPixmap:
        if self._ground is None or self._ground.devicePixelRatio() != ratio:
            self._ground = QPixmap(self.size() * ratio)
            self._ground.setDevicePixelRatio(ratio)
            self._ground.fill(QColor(self._theme.panel))
            painter = QPainter(self._ground)
            ring_picture.paint_ground(painter, self._layout, self._theme)
            painter.end()
        still = QPixmap(self._ground)
        painter = QPainter(still)
        ring_picture.paint_done(painter, self._layout, self._theme, self._done)
        seen, caused = self._marks
        if seen is not None and caused is not None and seen != caused:
            ring_picture.arrow(painter, self._layout, self._theme, seen, caused)
        painter.end()
        return still

    def _paint_inside(self, painter: QPainter) -> None:
        base, small = _line_heights()
        strong, plain = themes.font(bold=True), themes.font("small")
        room = self._layout.inside()
        rows = [
            (text, strong, self._theme.text, base)
            for text in wrap(self._sentence, QFontMetrics(strong), room.width(), 2)
        ]
        rows += [
            (text, plain, self._theme.muted, small)
            for text in wrap(self._status(), QFontMetrics(plain), room.width(), 1)
        ]
        y = (self._layout.height - sum(row[3] for row in rows)) / 2.0
        for text, font, color, high in rows:
            wide = QFontMetrics(font).horizontalAdvance(text) + 12
            box = QRectF(room.x() + (room.width() - wide) / 2.0, y, wide, high)
            if self._marks != (None, None):
                painter.fillRect(box, QColor(self._theme.panel))
            painter.setFont(font)
            painter.setPen(QColor(color))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            y += high


class _Traveller(QWidget):
    """The sample on its way: a small dot above the ring that lets clicks through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = themes.current()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(20, 20)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        halo = QColor(self._theme.accent)
        halo.setAlpha(70)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(QRectF(1, 1, 18, 18))
        painter.setPen(QPen(QColor(self._theme.panel), 2.0))
        painter.setBrush(QColor(self._theme.text))
        painter.drawEllipse(QRectF(4.5, 4.5, 11, 11))
        painter.end()


def _line_heights() -> tuple[int, int]:
    """Return the height in pixels of a line of the sentence and of the counter."""
    base = QFontMetrics(themes.font(bold=True)).height()
    return base, QFontMetrics(themes.font("small")).height()


def wrap(text: str, metrics: QFontMetrics, width: int, most: int) -> list[str]:
    """Return ``text`` on at most ``most`` lines no wider than ``width`` px, the last one elided."""
    words = text.split()
    lines: list[str] = []
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and metrics.horizontalAdvance(f"{line} {words[0]}") <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(metrics.elidedText(line, Qt.TextElideMode.ElideRight, width))
    if words:
        rest = " ".join(words)
        lines.append(metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width))
    return lines
