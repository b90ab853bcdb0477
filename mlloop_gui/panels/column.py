"""The left side of the window: all settings panels, one below the other."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from mlloop_gui import theme as themes
from mlloop_gui.panels.base import Panel
from mlloop_gui.panels.data import DataPanel
from mlloop_gui.panels.evaluation import EvaluationPanel
from mlloop_gui.panels.fields.row import MARK
from mlloop_gui.panels.loss import LossPanel
from mlloop_gui.panels.model import ModelPanel
from mlloop_gui.panels.optimizer import OptimizerPanel
from mlloop_gui.panels.representation import RepresentationPanel

WIDTH = 256
GAP = 6
PANELS: tuple[type[Panel], ...] = (
    DataPanel,
    RepresentationPanel,
    ModelPanel,
    LossPanel,
    OptimizerPanel,
    EvaluationPanel,
)


class SettingsColumn(QScrollArea):
    """The settings of the session's experiment; scrolls up and down only.

    The optimizer's card stays in sight: where the column is too low for it, it stands at the
    lower edge, over the others, unless it is unfolded and would hide most of them.

    Attributes
    ----------
    panels : dict of str to Panel
        By name: ``"data"``, ``"representation"``, ``"model"``, ``"loss"``, ``"optimizer"``,
        ``"evaluation"``.
    """

    def __init__(self, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings")
        self.setAccessibleName("Settings of the experiment")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget(self.viewport())
        content.setProperty("scrolled", True)
        column = QVBoxLayout(content)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP)
        # Each is made where it will stay: moved later, all of it would be styled again.
        self.panels = {kind.name: kind(session, content) for kind in PANELS}
        self._kept = self.panels["optimizer"]
        self._place = QWidget(content)
        # Keeps what is under the card from touching it.
        self._tray = QWidget(content)
        self._tray.setAutoFillBackground(True)
        for panel in self.panels.values():
            column.addWidget(self._place if panel is self._kept else panel)
        legend = QLabel(f"{MARK} starts a new run; all else changes the running model.", content)
        legend.setProperty("role", "muted")
        legend.setWordWrap(True)
        column.addWidget(legend)
        column.addStretch(1)
        self.setWidget(content)
        self._tray.raise_()
        self._kept.raise_()
        for watched in (content, self._place, self._kept):
            watched.installEventFilter(self)
        self.verticalScrollBar().valueChanged.connect(self.keep_in_sight)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]
        self._resize()

    def set_theme(self, theme: themes.Theme) -> None:
        """Draw again in the colours of the theme in force."""
        for widget in self.findChildren(QWidget):
            widget.update()

    def sizeHint(self) -> QSize:
        return QSize(round(WIDTH * themes.current_scale()), super().sizeHint().height())

    @Slot()
    def keep_in_sight(self) -> None:
        """Put the optimizer's card in its place, or at the lower edge if that is out of sight."""
        place, seen = self._place.geometry(), self.viewport().height()
        # Without a wrapped line in it a widget has no height for a width.
        height = self._kept.heightForWidth(place.width())
        height = height if height > 0 else self._kept.sizeHint().height()
        if self._place.minimumHeight() != height:
            self._place.setFixedHeight(height)
        top = place.y()
        if height < 0.5 * seen:
            top = min(top, self.verticalScrollBar().value() + seen - height - GAP)
        self._kept.setGeometry(place.x(), top, place.width(), height)
        self._tray.setGeometry(0, top - GAP, self.viewport().width(), height + 2 * GAP)
        self._tray.setVisible(top < place.y())

    @property
    def covered(self) -> int:
        """Pixels at the lower edge that the optimizer's card hides."""
        lower = self.verticalScrollBar().value() + self.viewport().height()
        stands = self._kept.geometry()
        return 0 if stands.y() == self._place.y() else max(lower - stands.y(), 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.LayoutRequest, QEvent.Type.Resize, QEvent.Type.Move)
        moved = event.type() in kinds and watched is not self._kept
        if moved or event.type() == QEvent.Type.LayoutRequest:
            self.keep_in_sight()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.keep_in_sight()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._resize()

    def _resize(self) -> None:
        self.setMinimumWidth(round(WIDTH * themes.current_scale()))

    @Slot("QWidget*", "QWidget*")
    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        content = self.widget()
        if new is None or content is None or not content.isAncestorOf(new):
            return
        if self._kept.isAncestorOf(new) and self.covered:
            return
        bar, top = self.verticalScrollBar(), new.mapTo(content, QPoint(0, 0)).y()
        lowest = top + new.height() + GAP + self.covered - self.viewport().height()
        bar.setValue(min(max(bar.value(), lowest), top - GAP))
