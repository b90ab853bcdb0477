"""The widgets of the experiment's fields: one small class for each kind of field.

The widget that edits a field has the field's path as its `objectName` and the value as its Qt
USER property; writing that property acts like a person's edit.
"""

from __future__ import annotations

from PySide6.QtWidgets import QToolTip, QWidget

from core.experiment import fields
from mlloop_gui.panels.fields.activation import ActivationEditor
from mlloop_gui.panels.fields.binding import Session
from mlloop_gui.panels.fields.choice import ChoiceEditor
from mlloop_gui.panels.fields.features import FeaturesEditor
from mlloop_gui.panels.fields.flag import FlagEditor
from mlloop_gui.panels.fields.hidden import HiddenEditor
from mlloop_gui.panels.fields.line import NumberEditor, NumbersEditor, TextEditor
from mlloop_gui.panels.fields.loss import LossEditor
from mlloop_gui.panels.fields.row import FieldRow
from mlloop_gui.panels.fields.source import SourceEditor
from mlloop_gui.panels.fields.table import ColumnsEditor, PathEditor

KINDS: dict[str, type[QWidget]] = {
    "integer": NumberEditor,
    "number": NumberEditor,
    "flag": FlagEditor,
    "text": TextEditor,
    "choice": ChoiceEditor,
    "choices": ActivationEditor,
    "integers": HiddenEditor,
    "numbers": NumbersEditor,
    "texts": FeaturesEditor,
    "columns": ColumnsEditor,
}
#: Fields that need more than their kind tells.
SPECIAL: dict[str, type[QWidget]] = {
    "data.source": SourceEditor,
    "data.path": PathEditor,
    "data.test_path": PathEditor,
    "loss.name": LossEditor,
}


def _editor(session: Session, path: str, parent: QWidget | None) -> QWidget:
    field = fields()[path]
    make = SPECIAL.get(path) or KINDS[field.kind]
    return make(session, field, parent)  # type: ignore[call-arg, arg-type]  # all take these


def field_widget(session: Session, path: str, parent: QWidget | None = None) -> QWidget:
    """The widget that edits the field at `path`, to stand by itself, in a toolbar say.

    With no room beneath it, it says what is wrong in a tooltip.
    """
    editor = _editor(session, path, parent)

    def say(text: str) -> None:
        if text and editor.isVisible():
            QToolTip.showText(editor.mapToGlobal(editor.rect().bottomLeft()), text, editor)

    editor.binding.error_changed.connect(say)  # type: ignore[attr-defined]  # as above
    return editor


def field_row(session: Session, path: str, parent: QWidget | None = None) -> FieldRow:
    """The labelled line of the field at `path`, with a place for errors."""
    row = FieldRow(fields()[path], parent)
    row.set_editor(_editor(session, path, row))
    return row
