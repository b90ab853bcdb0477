"""What the other views of a stage share: when they are built, filled and left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.stages import Stage
from mlloop_gui.inspector.base import NOT_YET, Choice
from mlloop_gui.inspector.moment import Moment, pale
from mlloop_gui.theme import Theme, current, font_px

if TYPE_CHECKING:
    from mlloop_gui.session import Session

Arrays = dict[str, np.ndarray]


class _Across(QScrollArea):
    """As high as there is room; in a window that is too narrow it is scrolled to, not cut."""

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        self._body = body
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body.setProperty("scrolled", True)
        self.setWidget(body)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the body its new size."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the body again when it asks for another width."""
        done = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        # Not by `setWidgetResizable`, which makes texts that wrap as high as they would like.
        room = self.viewport().size()
        self._body.resize(max(room.width(), self._body.minimumSizeHint().width()), room.height())


class Face(QWidget):
    """One view of a stage beside its page of numbers.

    Subclasses build their widgets in `build`, into ``self.body``, and give them data in `fill`.

    Parameters
    ----------
    session : Session
    choice : Choice
    """

    stage: ClassVar[Stage]
    #: Short name without blanks, for object names: ``face.<key>``.
    key: ClassVar[str]
    #: What its button says, and what that button's tooltip adds.
    title: ClassVar[str]
    tip: ClassVar[str] = ""
    #: The lens (see `core.explain.lenses`) whose arrays it shows; empty if it needs none.
    lens: ClassVar[str] = ""
    #: Whether it depends on the unit in hand, so that layer and unit are offered above it.
    by_unit: ClassVar[bool] = False

    def __init__(self, session: Session, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.choice = session, choice
        self.setObjectName(f"face.{self.key}.page")
        self.setAccessibleName(f"Stage {int(self.stage)}, {self.title}")
        self.moment: Moment | None = None
        self.arrays: Arrays = {}
        self._theme = current()
        self._pale = False
        self._built = False
        self._themed: list[Any] = []
        self.body = QWidget()
        self._across = _Across(self.body)
        self._empty = QLabel()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._empty.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.addWidget(self._across)
        layout.addWidget(self._empty)
        self._across.hide()
        self.set_theme(self._theme)

    def build(self) -> None:
        """Make the widgets, once, before they are first filled."""
        raise NotImplementedError

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Give the widgets the numbers of a moment, and those of the lens."""
        raise NotImplementedError

    def ready(self, moment: Moment) -> bool:
        """Return whether there is anything to show yet."""
        return moment.record is not None or self.stage is Stage.EVALUATE

    def unfit(self, moment: Moment) -> str:
        """Return why there is nothing to show for this task; empty where there is."""
        return ""

    def register(self, *widgets: Any) -> None:
        """Have widgets take the theme of the face."""
        self._themed += [widget for widget in widgets if hasattr(widget, "set_theme")]

    def refresh(self, moment: Moment, arrays: Arrays | None) -> None:
        """Show a moment; where the lens's arrays are still to come, keep what is shown."""
        if not self.ready(moment):
            self._say(f"{NOT_YET}\n{self.stage.question}")
            return
        if why := self.unfit(moment):
            self.moment = None
            self._say(why)
            return
        if self.lens and arrays is None:
            if self.moment is None:
                self._say("…")
            return
        self.moment, self.arrays = moment, arrays or {}
        self._empty.hide()
        self._across.show()
        if not self._built:
            self._built = True
            self.build()
            self._apply_theme()
        if moment.older != self._pale:
            self._pale = moment.older
            self._apply_theme()
        self.fill(moment, self.arrays)

    def _say(self, text: str) -> None:
        self._across.hide()
        self._empty.setText(text)
        self._empty.show()

    def place(self, moment: Moment) -> tuple[int, int]:
        """Return layer and unit in hand, for a face that depends on them."""
        return self.choice.place(moment)

    def pick(self, rows: np.ndarray, at: int) -> None:
        """Pick one of the rows shown as the sample that every view follows."""
        if 0 <= at < len(rows):
            self.session.select_sample(int(rows[at]))

    @property
    def theme(self) -> Theme:
        """The colours in use: paler for a record that a newer turn has overtaken."""
        return pale(self._theme) if self._pale else self._theme

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._theme = theme
        self._empty.setStyleSheet(f"color: {theme.muted}; font-size: {font_px()}px;")
        self._apply_theme()

    def _apply_theme(self) -> None:
        for widget in self._themed:
            widget.set_theme(self.theme)
