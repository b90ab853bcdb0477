"""What all settings panels are: a card with a title, a few fields, and the rest under "More"."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from core.experiment import Experiment
from mlloop_gui.panels.fields import field_row
from mlloop_gui.panels.fields.row import FieldRow

_SPACING = 4


def show_if(widget: QWidget, wanted: bool) -> None:
    """Show or hide a widget, unless it is so already: even then Qt would style it, at a cost."""
    if widget.isHidden() == wanted:
        widget.setVisible(wanted)


class Panel(QFrame):
    """A card of fields, bound to the session.

    Attributes
    ----------
    title : str
        As the design numbers it, by stage.
    name : str
        The object name, and what assistive programs call the "More" button by.
    basic, more : tuple of str
        The paths of the fields that are shown at once, and of the rest.
    """

    title: ClassVar[str]
    name: ClassVar[str]
    basic: ClassVar[tuple[str, ...]] = ()
    more: ClassVar[tuple[str, ...]] = ()

    def __init__(self, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: dict[str, FieldRow] = {}
        self.setProperty("card", True)
        self.setObjectName(f"panel.{self.name}")
        self.setAccessibleName(self.title)
        heading = QLabel(self.title, self)
        heading.setProperty("role", "title")
        self.more_button = QToolButton(self)
        self.more_button.setProperty("flat", True)
        self.more_button.setObjectName(f"more.{self.name}")
        self.more_button.setCheckable(True)
        self.more_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # No higher than the title beside it needs, so that cards stay compact.
        height = round(1.4 * self.fontMetrics().height())
        self.more_button.setMaximumHeight(height)
        heading.setMinimumHeight(height)
        self.more_button.toggled.connect(self._unfold)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(0, 0, 0, 0)
        self.head.setSpacing(_SPACING)
        self.head.addWidget(heading)
        self.head.addStretch(1)
        self.head.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(10, 5, 10, 8)
        self.body.setSpacing(_SPACING)
        self.body.addLayout(self.head)
        self.add_head()
        self._add_rows(self.basic, self.body)
        self.add_body()
        self._rest = QWidget(self)
        rest = QVBoxLayout(self._rest)
        rest.setContentsMargins(0, 0, 0, 0)
        rest.setSpacing(_SPACING)
        self._add_rows(self.more, rest)
        self.add_rest(rest)
        self.body.addWidget(self._rest)
        self._unfold(False)
        session.experiment_changed.connect(self.refresh)
        # A table's task and columns are known once it has been read.
        session.run_started.connect(self.refresh)
        self.refresh()

    def add_head(self) -> None:
        """Add what stands above the fields."""

    def add_body(self) -> None:
        """Add what stands below the basic fields."""

    def add_rest(self, layout: QVBoxLayout) -> None:
        """Add what stands below the fields under "More"."""

    def applies(self, path: str, experiment: Experiment) -> bool:
        """Whether the field means anything beside the other settings."""
        return True

    @Slot()
    def refresh(self) -> None:
        """Show the fields that apply to the present settings."""
        experiment = self.session.experiment
        for path, row in self.rows.items():
            show_if(row, self.applies(path, experiment))
        any_more = any(self.applies(path, experiment) for path in self.more)
        show_if(self.more_button, any_more)
        show_if(self._rest, any_more and self.more_button.isChecked())

    def unfold(self) -> None:
        """Show what is under "More"."""
        self.more_button.setChecked(True)

    def _add_rows(self, paths: tuple[str, ...], layout: QVBoxLayout) -> None:
        for path in paths:
            self.rows[path] = field_row(self.session, path, layout.parentWidget())
            layout.addWidget(self.rows[path])

    def _unfold(self, unfolded: bool) -> None:
        show_if(self._rest, unfolded)
        self.more_button.setText("Less ▴" if unfolded else "More ▾")
        what = "fewer" if unfolded else "more"
        self.more_button.setAccessibleName(f"Show {what} {self.name} settings")
        self.more_button.setToolTip(f"Show {what} settings.")
