"""What the nine inspectors share: their three parts, when they refresh, and how they go pale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.explain import EXPLAINERS
from core.explain.case import Case
from core.stages import Stage
from mlloop_gui.inspector.moment import Moment, pale
from mlloop_gui.inspector.strip import ArrayStrip
from mlloop_gui.inspector.words import Words
from mlloop_gui.theme import Theme, current, font_px

if TYPE_CHECKING:
    from mlloop_gui.session import Session

NOT_YET = "Not yet: turn 1 has not come this far. Step ▸ leads there, a stage at a time."
_GAP = 18


class Choice(QObject):
    """The layer and unit in hand, and the parameter: the session's, the same for every inspector.

    Signals
    -------
    changed
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.choice_changed.connect(self.changed)

    @property
    def made(self) -> bool:
        """Whether a person has chosen a unit; until then an explanation is about its own."""
        return self._session.view.unit is not None

    @property
    def _chosen(self) -> tuple[int, int]:
        return self._session.view.unit or (0, 0)

    @property
    def unit(self) -> int:
        """The unit chosen, whether or not the layer in hand has so many."""
        return self._chosen[1]

    @property
    def parameter(self) -> int | None:
        """The parameter chosen, by its place in the flat vector; None for an explanation's own."""
        return self._session.view.parameter

    def choose(self, layer: int | None = None, unit: int | None = None) -> None:
        """Choose a layer (counted from 0), a unit of it, or both."""
        before = self._chosen
        self._session.choose_unit(
            before[0] if layer is None else layer, before[1] if unit is None else unit
        )

    def choose_parameter(self, index: int) -> None:
        """Choose a parameter by its place in the flat vector."""
        self._session.choose_parameter(index)

    def place(self, moment: Moment) -> tuple[int, int]:
        """Return layer and unit in hand: until a person has chosen, the explanation's own."""
        sizes = moment.turn.layout.sizes
        if moment.half is not None:
            # Stepping layer by layer, the layer in hand is the one just done.
            return moment.half, min(self.unit, sizes[moment.half + 1] - 1)
        if self.made:
            return self.within(sizes)
        return Case(moment.context, moment.sample).unit

    def within(self, sizes: tuple[int, ...]) -> tuple[int, int]:
        """Return layer and unit as far as a network of ``sizes`` (inputs first) has them."""
        layer = min(self._chosen[0], len(sizes) - 2)
        return layer, min(self.unit, sizes[layer + 1] - 1)


class Scrolled(QScrollArea):
    """As wide as the widget in it, which is scrolled up and down where the page is too low."""

    def __init__(self, widget: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = widget
        widget.setProperty("scrolled", True)
        self.setWidget(widget)

    def sizeHint(self) -> QSize:
        """Return the size of the widget in it."""
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return its width, and a height that any page has."""
        return QSize(self._inside.minimumSizeHint().width(), 40)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for another width when the widget does."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class Inspector(QWidget):
    """One stage: words and formula on the left, arrays in the middle, what matters on the right.

    Subclasses build their widgets in `build`, and give them data in `fill`.

    Parameters
    ----------
    session : Session
    choice : Choice
    """

    stage: ClassVar[Stage]
    #: Whether what is said depends on the unit in hand.
    by_unit: ClassVar[bool] = False
    #: Shares of the width that words and right side take, and their limits in pixels.
    text_width: ClassVar[tuple[float, int, int]] = (0.3, 280, 460)
    side_width: tuple[float, int, int] = (0.2, 220, 300)

    def __init__(self, session: Session, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.choice = session, choice
        self.setObjectName(f"inspector.{self.stage.key}")
        self.setAccessibleName(f"Stage {int(self.stage)}, {self.stage.label}")
        self.setToolTip("")
        self.moment: Moment | None = None
        self._theme = current()
        self._pale = False
        self._themed: list[Any] = []
        self.words = Words()
        self.strip = ArrayStrip()
        self.body = QWidget()
        self.columns = QHBoxLayout(self.body)
        self.columns.setContentsMargins(0, 0, 0, 0)
        self.columns.setSpacing(_GAP)
        self.columns.addWidget(self.words)
        self.side: QWidget | None = None
        # In a window that is too narrow for all of it, the page is scrolled to, not cut.
        self._across = QScrollArea()
        self._across.setFrameShape(QFrame.Shape.NoFrame)
        self._across.setWidgetResizable(True)
        self._across.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._across.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.setProperty("scrolled", True)
        self._across.setWidget(self.body)
        self._empty = QLabel(NOT_YET)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._empty.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.addWidget(self._across)
        layout.addWidget(self._empty)
        self._across.hide()
        self.register(self.words, self.strip)
        self._built = False
        self.set_theme(self._theme)

    # What a subclass fills in

    def build(self) -> None:
        """Make the widgets of the middle and the right, once, before they are first filled."""
        raise NotImplementedError

    def fill(self, moment: Moment) -> None:
        """Give the widgets the numbers of a moment."""
        raise NotImplementedError

    def ready(self, moment: Moment) -> bool:
        """Return whether there is anything to show yet."""
        return moment.record is not None

    # Building

    def _ensure_built(self) -> None:
        """Build what is now needed: nine pages at once would hold up the start."""
        if self._built:
            return
        self._built = True
        self.build()
        if self.side is None:
            self.columns.addStretch(0)
        self.share_width()
        self._apply_theme()

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Append a widget to the columns, at their top; what has a theme will be given it."""
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(widget, 1)
        column.addStretch(0)
        self.columns.addLayout(column, stretch)
        self.register(widget)

    def add_side(self, *widgets: QWidget) -> None:
        """Make the right side of widgets under each other."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in widgets:
            column.addWidget(widget)
            self.register(widget)
        column.addStretch(0)
        self.side = Scrolled(inside)
        self.columns.addStretch(0)
        self.columns.addWidget(self.side)

    def register(self, *widgets: Any) -> None:
        """Have widgets take the theme of the page."""
        self._themed += [widget for widget in widgets if hasattr(widget, "set_theme")]

    # Showing

    def refresh(self, moment: Moment) -> None:
        """Show a moment: keep the widgets, change their data."""
        self.moment = moment
        ready = self.ready(moment)
        self._across.setVisible(ready)
        self._empty.setVisible(not ready)
        if not ready:
            self._empty.setText(f"{NOT_YET}\n{self.stage.question}")
            return
        self._ensure_built()
        if moment.older != self._pale:
            self._pale = moment.older
            self._apply_theme()
        self.say(moment)
        self.fill(moment)
        self.strip.fit()

    def say(self, moment: Moment) -> None:
        """Set formula, worked formula and sentence."""
        told = moment.explanation
        if self.by_unit and (self.choice.made or moment.half is not None):
            told = EXPLAINERS[self.stage](Case(moment.context, moment.sample, self.place(moment)))
        if told is None:
            # The explanation of a stage or sample just chosen comes with the next frame.
            self.words.set_text("", "", self.stage.question)
        else:
            self.words.set_text(told.formula, told.worked, told.sentence)

    @property
    def is_pale(self) -> bool:
        """Whether the record shown is older than the turn in hand."""
        return self._pale

    def place(self, moment: Moment) -> tuple[int, int]:
        """Return layer and unit in hand."""
        return self.choice.place(moment)

    def pick(self, rows: np.ndarray, at: int) -> None:
        """Pick one of the rows shown as the sample that every view follows."""
        if 0 <= at < len(rows):
            self.session.select_sample(int(rows[at]))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._theme = theme
        self._empty.setStyleSheet(f"color: {theme.muted}; font-size: {font_px()}px;")
        self._apply_theme()

    def _apply_theme(self) -> None:
        theme = pale(self._theme) if self._pale else self._theme
        for widget in self._themed:
            widget.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self.share_width()

    def share_width(self) -> None:
        """Give words and right side their shares of the width; the middle has the rest."""
        self.words.setFixedWidth(self._part(self.text_width))
        if self.side is not None:
            self.side.setFixedWidth(self._part(self.side_width))

    def _part(self, share: tuple[float, int, int]) -> int:
        part, least, most = share
        scale = font_px() / 13
        return int(min(max(part * self.width(), least * scale), most * scale))
