"""Stage 1: what is learned from what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.experiment import Experiment
from core.registry import registry
from mlloop_gui.panels.base import Panel
from mlloop_gui.panels.fields.source import DRAWN, TABLE, SourceEditor, TableTile, Thumbnail

THUMBNAILS = ("circle", "two_gaussians", "xor", "spiral", "sine")
_GENERATED = ("data.samples", "data.noise")
_OF_A_DRAWING = ("data.points", "data.class_names")
_OF_A_TABLE = ("data.path", "data.test_path", "data.target", "data.columns", "data.missing")


class DataPanel(Panel):
    """The source, what is predicted from what, and the source's own settings."""

    title = "1 Data"
    name = "data"
    basic = (
        "data.source",
        "data.path",
        "data.target",
        "data.samples",
        "data.noise",
        "data.classes",
        "data.arms",
        "data.points",
    )
    more = (
        "data.class_names",
        "data.test_path",
        "data.columns",
        "data.missing",
        "data.label_noise",
        "data.shuffle_labels",
        "data.shift",
        "data.seed",
    )

    def __init__(self, session: Any, parent: QWidget | None = None) -> None:
        self.ask_table: Callable[..., dict[str, Any] | None] = _ask_table
        self.ask_points: Callable[..., object] = _ask_points
        super().__init__(session, parent)
        source = self.rows["data.source"].editor
        if isinstance(source, SourceEditor):
            source.own_wanted.connect(self._open_own)
        columns = self.rows["data.columns"].editor
        if isinstance(columns, QPushButton):
            columns.clicked.connect(self.open_table)
        points = self.rows["data.points"].editor
        if isinstance(points, QPushButton):
            points.clicked.connect(self.open_drawing)

    def add_head(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        self._thumbnails = QButtonGroup(self)
        self._thumbnails.setExclusive(False)
        for source in THUMBNAILS:
            button = Thumbnail(source, self)
            self._thumbnails.addButton(button)
            line.addWidget(button)
        table = TableTile(self)
        table.clicked.connect(self.open_table)
        line.addWidget(table)
        line.addStretch(1)
        self._thumbnails.buttonClicked.connect(self._choose)
        self.body.addLayout(line)

    def add_body(self) -> None:
        self._explanation = QLabel(self)
        self._explanation.setProperty("role", "muted")
        self._explanation.setWordWrap(True)
        self._explanation.setObjectName("data.explanation")
        self.body.insertWidget(self.body.indexOf(self.rows["data.source"]) + 1, self._explanation)

    def add_rest(self, layout: QVBoxLayout) -> None:
        self._suggest = QPushButton("Suggested settings", self)
        self._suggest.setObjectName("suggest")
        self._suggest.setAccessibleName("Take the suggested settings")
        self._suggest.setToolTip(
            "Take the settings with which this source is learned well. Starts a new run."
        )
        self._suggest.clicked.connect(self.session.suggest)
        layout.addWidget(self._suggest)

    def applies(self, path: str, experiment: Experiment) -> bool:
        part = registry("sources")[experiment.data.source]
        if path in _GENERATED:
            return bool(part.generated)
        if path in ("data.classes", "data.arms"):
            return path == f"data.{part.option}"
        if path in _OF_A_TABLE:
            return experiment.data.source == TABLE
        if path in _OF_A_DRAWING:
            return experiment.data.source == DRAWN
        if path == "data.label_noise":
            return part.task != "regression"
        return True

    @Slot()
    def refresh(self) -> None:
        """Show the source in force, and the fields that apply to it."""
        super().refresh()
        data = self.session.experiment.data
        part = registry("sources")[data.source]
        for button in self._thumbnails.buttons():
            if isinstance(button, Thumbnail):
                button.setChecked(button.source == data.source)
        problem = self.session.problem
        text, count = part.explanation, data.samples
        if problem is not None and not part.generated:
            count = len(problem.dataset)
            if data.source == TABLE:
                text = problem.dataset.description
        if count and not part.generated and data.source != TABLE:
            text = f"{text} "
        self._explanation.setText(text)
        self._suggest.setVisible(data.source != TABLE)

    @Slot()
    def open_table(self) -> None:
        """Ask for a table of one's own, and learn from it."""
        found = self.ask_table(self.session, self)
        if found is not None:
            self.session.choose_source(TABLE, **found)

    @Slot()
    def open_drawing(self) -> None:
        """Draw points by hand, and learn from them."""
        self.ask_points(self.session, self)

    def _open_own(self, name: str) -> None:
        (self.open_drawing if name == DRAWN else self.open_table)()

    def _choose(self, button: Thumbnail) -> None:
        self.rows["data.source"].editor.binding.edit(button.source)  # type: ignore[attr-defined]
        self.refresh()


def _ask_table(*given: Any) -> dict[str, Any] | None:
    """The dialog of a table; imported when first asked for, so that the start need not wait."""
    from mlloop_gui.data_dialog import OpenTableDialog

    return OpenTableDialog.ask(*given)


def _ask_points(session: Any, parent: QWidget) -> object:
    """The drawing, begun with the data on screen; imported when first asked for."""
    from mlloop_gui.draw.dialog import DrawDialog

    dialog = DrawDialog.show_for(session, parent.window())
    dialog.take()
    return dialog
