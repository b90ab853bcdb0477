"""Opening a table of one's own: a look at every column before it is learned from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.data.table import TABLE, TablePreview, preview
from core.errors import InputError
from core.settings import DataSettings
from mlloop_gui.panels.fields.choice import Menu, Option
from mlloop_gui.panels.fields.row import ErrorLabel
from mlloop_gui.panels.fields.table import TableFile

Work = Callable[[Callable[[float], None]], Any]
#: ``start(work, done, failed)``, as of `mlloop_gui.jobs.Jobs`.
Start = Callable[[Work, Callable[[Any], None], Callable[[str], None]], Any]

MOST_ROWS = 300  # columns of the file that are shown one by one
HEADINGS = ("Column", "Taken for", "What happens to it", "Missing", "Values")
KIND_OPTIONS = (
    Option("number", "Number", "Its values are used as they are, then scaled."),
    Option("category", "Category", "Each value becomes a column of 0 and 1."),
    Option("text", "Text", "The words in it become columns of counts."),
    Option("ignore", "Ignore", "It is left out."),
)
AS_FOUND = "as found"
MISSING_OPTIONS = (
    Option("mean", "Training mean", "Numbers that are missing get the mean of the training part."),
    Option("median", "Training median", "They get the median of the training part."),
    Option("drop", "Drop the row", "Rows with a missing value are left out."),
)


class OpenTableDialog(QDialog):
    """What will become of each column of a file; Open is there once all is well.

    Parameters
    ----------
    session : Session
        Its ``experiment`` is read: a table that is open already is shown as it is used; its
        ``jobs`` read files off the GUI thread.
    path : str
        The file to begin with.
    """

    def __init__(self, session: Any, path: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("open_table_dialog")
        self.setWindowTitle("Open a table")
        self._experiment = session.experiment
        self._start: Start = session.jobs.start
        self._asked = 0
        self._target: str | None = None
        self._kinds: dict[str, str] = {}
        self._preview: TablePreview | None = None
        self._menus: dict[str, Menu] = {}
        self._items: dict[str, list[QTableWidgetItem]] = {}
        self._build()
        self.resize(900, 560)
        data = self._experiment.data
        if data.source == TABLE.name and path in ("", data.path):
            path = data.path
            self._target, self._kinds = data.target, dict(data.columns or {})
            self.test_path.setText(data.test_path or "")
            self.missing.show_name(data.missing)
        self.path.setText(path)
        self.look()

    @classmethod
    def ask(cls, session: Any, parent: QWidget | None = None) -> dict[str, Any] | None:
        """The settings of a table that a person has chosen and looked at; None if none."""
        data = session.experiment.data
        path = data.path or TableFile.ask(parent, "Open a table", str(Path.home()))
        if not path:
            return None
        dialog = cls(session, path, parent)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        return dialog.settings() if accepted else None

    # -- what is asked and answered ------------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        """The fields of [data] that the person has chosen, the source left out."""
        chosen = {
            "path": self.path.text().strip(),
            "test_path": self.test_path.text().strip() or None,
            "target": self._target,
            "columns": self._kinds or None,
            "missing": self.missing.name(),
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def look(self) -> None:
        """Read the file again under the present settings, off the GUI thread."""
        self._asked += 1
        asked, chosen, resolve = self._asked, self.settings(), self._experiment.resolve_path
        self._set_ready(False)
        if not chosen["path"]:
            self._refuse("Choose a CSV or TSV file.")
            return
        self.error.say("")
        self.summary.setText("Reading…")
        try:
            settings = DataSettings(source=TABLE.name, **chosen)
        except InputError as error:
            self._refuse(str(error))
            return

        def work(progress: Callable[[float], None]) -> TablePreview:
            found = preview(settings.path or "", settings, resolve, progress)
            if settings.test_path or settings.missing == "drop":
                # Only loading tells whether the test file fits and enough rows are left.
                TABLE.load(settings, 0, resolve, progress)
            return found

        def done(found: TablePreview) -> None:
            if asked == self._asked:
                self._show(found)

        def failed(text: str) -> None:
            if asked == self._asked:
                self._refuse(text)

        self._start(work, done, failed)

    # -- building ------------------------------------------------------------------------------

    def _build(self) -> None:
        self.path = self._line("table.path", "File", "The CSV or TSV file to learn from.")
        self.test_path = self._line(
            "table.test_path", "Test file", "A file of its own for the sealed test part."
        )
        self.test_path.setPlaceholderText("none: the test part is split off")
        self.target = Menu()
        self._name(self.target, "table.target", "Predict", "The column to predict.")
        self.target.chosen.connect(self._choose_target)
        self.missing = Menu()
        self._name(
            self.missing, "table.missing", "Missing numbers", "What stands in for a missing number."
        )
        self.missing.set_sections([("", MISSING_OPTIONS)])
        self.missing.show_name("mean")
        self.missing.chosen.connect(self.look)
        self.summary = QLabel()
        self.summary.setObjectName("table.summary")
        self.summary.setWordWrap(True)
        self.error = ErrorLabel()
        self.error.setObjectName("table.error")
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.open_button = self.buttons.button(QDialogButtonBox.StandardButton.Open)
        self.open_button.setProperty("primary", True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (line, words) in enumerate(((self.path, "File"), (self.test_path, "Test file"))):
            grid.addWidget(self._label(words, line), row, 0)
            grid.addWidget(line, row, 1, 1, 3)
            grid.addWidget(self._browse(line, words), row, 4)
        grid.addWidget(self._label("Predict", self.target), 2, 0)
        grid.addWidget(self.target, 2, 1)
        grid.addWidget(self._label("Missing numbers", self.missing), 2, 2)
        grid.addWidget(self.missing, 2, 3, 1, 2)
        self.missing.setMinimumContentsLength(16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(10)
        layout.addLayout(grid)
        layout.addWidget(self.summary)
        layout.addWidget(self._make_table(), 1)
        layout.addWidget(self.error)
        layout.addWidget(self.buttons)

    def _make_table(self) -> QTableWidget:
        self.table = QTableWidget(0, len(HEADINGS))
        self.table.setObjectName("table.columns")
        self.table.setAccessibleName("The columns of the table, and what happens to each")
        self.table.setHorizontalHeaderLabels(HEADINGS)
        lines = self.table.verticalHeader()
        lines.hide()
        lines.setMinimumSectionSize(round(2.1 * self.fontMetrics().height()))
        lines.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setWordWrap(True)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, mode in enumerate(
            (
                QHeaderView.ResizeMode.Interactive,
                QHeaderView.ResizeMode.Fixed,
                QHeaderView.ResizeMode.Stretch,
                QHeaderView.ResizeMode.ResizeToContents,
                QHeaderView.ResizeMode.Interactive,
            )
        ):
            header.setSectionResizeMode(column, mode)
        for column, width in ((0, 160), (1, 176), (4, 190)):
            self.table.setColumnWidth(column, width)
        return self.table

    def _line(self, name: str, words: str, tip: str) -> QLineEdit:
        line = QLineEdit()
        self._name(line, name, words, tip)
        line.editingFinished.connect(self._line_edited)
        line.setProperty("looked", "")
        return line

    def _name(self, widget: QWidget, name: str, words: str, tip: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(words)
        widget.setToolTip(tip)

    def _label(self, words: str, buddy: QWidget) -> QLabel:
        label = QLabel(words)
        label.setBuddy(buddy)
        return label

    def _browse(self, line: QLineEdit, words: str) -> QPushButton:
        button = QPushButton("Browse…")
        button.setAutoDefault(False)
        button.setAccessibleName(f"Look for the {words.lower()}")
        button.setToolTip("Look for a file.")

        def look() -> None:
            found = TableFile.ask(self, words, line.text())
            if found:
                line.setText(found)
                self._line_edited(line)

        button.clicked.connect(look)
        return button

    # -- what a person does --------------------------------------------------------------------

    def _line_edited(self, line: QLineEdit | None = None) -> None:
        edited = line or self.sender()
        if not isinstance(edited, QLineEdit) or edited.text() == edited.property("looked"):
            return
        edited.setProperty("looked", edited.text())
        if edited is self.path:
            # Another file has other columns.
            self._target, self._kinds = None, {}
        self.look()

    def _choose_target(self, name: str) -> None:
        self._target = name
        self.look()

    def _choose_kind(self, column: str, kind: str) -> None:
        if kind == AS_FOUND:
            self._kinds.pop(column, None)
        else:
            self._kinds[column] = kind
        self.look()

    # -- showing -------------------------------------------------------------------------------

    def _set_ready(self, ready: bool) -> None:
        self.open_button.setEnabled(ready)

    def _refuse(self, text: str) -> None:
        self.summary.setText("")
        self.error.say(text)
        self._set_ready(False)
        if not self._kinds and self._target is None:
            # The file itself is no good; else the choices stay, so that they can be mended.
            self._preview = None
            self.table.setRowCount(0)
            self._menus.clear()

    def _show(self, found: TablePreview) -> None:
        self._preview = found
        self._target = found.target
        for line in (self.path, self.test_path):
            line.setProperty("looked", line.text())
        names = [column.name for column in found.columns]
        self.target.set_sections([("", [Option(name, name) for name in names])])
        self.target.show_name(found.target)
        self._fill(found)
        used = [column for column in found.columns if column.role == "input"]
        classes = next(len(c.categories) for c in found.columns if c.role == "target")
        what = f"one of {classes} classes" if found.task == "classification" else "a number"
        header = "names in the first line" if found.header else "no names in the first line"
        decimal = ", decimal comma" if found.decimal == "," else ""
        sentences = [
            f"Predicts {found.target}, {what}, from {len(used)} of {len(names) - 1} columns.",
            f"{found.rows:,} rows; {found.delimiter}{decimal}; {header}; {found.encoding}.",
            *(f"{note[:1].upper()}{note[1:]}." for note in found.notes[:3]),
        ]
        if len(names) > MOST_ROWS:
            sentences.append(f"The first {MOST_ROWS} columns are shown.")
        self.summary.setText(" ".join(sentences))
        problem = (
            "" if used else "No column is left to predict from: take one for a category or a text."
        )
        self.error.say(problem)
        self._set_ready(not problem)

    def _fill(self, found: TablePreview) -> None:
        columns = found.columns[:MOST_ROWS]
        if list(self._menus) != [column.name for column in columns]:
            self._make_rows([column.name for column in columns])
        for column in columns:
            menu = self._menus[column.name]
            as_found = Option(AS_FOUND, f"{column.kind.capitalize()}, as found")
            if column.role == "ignored":
                as_found = as_found._replace(label="Ignore, as found")
            if column.name in self._kinds:
                as_found = as_found._replace(label="As found")
            menu.set_sections([("", [as_found, *KIND_OPTIONS])])
            menu.show_name(self._kinds.get(column.name, AS_FOUND))
            missing = f"{column.missing:,}" if column.missing else ""
            texts = (column.name, "", column.sentence, missing, ", ".join(column.examples))
            for item, text in zip(self._items[column.name], texts, strict=True):
                item.setText(text)
                item.setToolTip(text)
                font = item.font()
                font.setBold(column.role == "target")
                item.setFont(font)

    def _make_rows(self, names: list[str]) -> None:
        self._menus.clear()
        self._items.clear()
        self.table.setRowCount(0)
        self.table.setRowCount(len(names))
        for row, name in enumerate(names):
            self._items[name] = [QTableWidgetItem() for _ in HEADINGS]
            for place, item in enumerate(self._items[name]):
                self.table.setItem(row, place, item)
            menu = Menu()
            menu.setAccessibleName(f"What {name} is taken for")
            menu.setObjectName(f"table.kind.{row}")
            menu.setProperty("column", name)
            menu.chosen.connect(self._kind_chosen)
            cell = QWidget(self.table)
            inside = QVBoxLayout(cell)
            inside.setContentsMargins(3, 0, 3, 0)
            inside.addWidget(menu, 0, Qt.AlignmentFlag.AlignVCenter)
            self.table.setCellWidget(row, 1, cell)
            self._menus[name] = menu

    def _kind_chosen(self, kind: str) -> None:
        self._choose_kind(self.sender().property("column"), kind)
