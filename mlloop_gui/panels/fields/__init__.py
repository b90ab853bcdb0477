"""The widgets of the experiment's fields: one small class for each kind of field.

The widget that edits a field has the field's path as its `objectName` and the value as its Qt
USER property; writing that property acts like a person's edit.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QToolTip, QWidget

from core.experiment import fields
from mlloop_gui.panels.fields.binding import Session

if TYPE_CHECKING:
    from mlloop_gui.panels.fields.row import FieldRow

#: Modules of this package and their classes; each is imported for the first field that needs it,
#: for the bar above the ring has one field and the first picture waits for no other.
KINDS: dict[str, tuple[str, str]] = {
    "integer": ("line", "NumberEditor"),
    "number": ("line", "NumberEditor"),
    "flag": ("flag", "FlagEditor"),
    "text": ("line", "TextEditor"),
    "choice": ("choice", "ChoiceEditor"),
    "choices": ("activation", "ActivationEditor"),
    "integers": ("hidden", "HiddenEditor"),
    "numbers": ("line", "NumbersEditor"),
    "texts": ("features", "FeaturesEditor"),
    "columns": ("table", "ColumnsEditor"),
    "points": ("drawn", "PointsEditor"),
    "table": ("drawn", "ShiftEditor"),
}
#: Fields that need more than their kind tells.
SPECIAL: dict[str, tuple[str, str]] = {
    "data.source": ("source", "SourceEditor"),
    "data.path": ("table", "PathEditor"),
    "data.test_path": ("table", "PathEditor"),
    "data.class_names": ("drawn", "NamesEditor"),
    "loss.name": ("loss", "LossEditor"),
}


def _editor(session: Session, path: str, parent: QWidget | None) -> QWidget:
    field = fields()[path]
    module, name = SPECIAL.get(path) or KINDS[field.kind]
    make = getattr(import_module(f"{__name__}.{module}"), name)
    return make(session, field, parent)


def field_widget(session: Session, path: str, parent: QWidget | None = None) -> QWidget:
    """The widget that edits the field at `path`, to stand by itself, in a toolbar say.

    With no room beneath it, it says what is wrong in a tooltip.
    """
    editor = _editor(session, path, parent)

    def say(text: str) -> None:
        if text and editor.isVisible():
            QToolTip.showText(editor.mapToGlobal(editor.rect().bottomLeft()), text, editor)

    editor.binding.error_changed.connect(say)  # type: ignore[attr-defined]  # every editor has one
    return editor


def field_row(session: Session, path: str, parent: QWidget | None = None) -> FieldRow:
    """The labelled line of the field at `path`, with a place for errors."""
    from mlloop_gui.panels.fields.row import FieldRow

    row = FieldRow(fields()[path], parent)
    row.set_editor(_editor(session, path, row))
    return row
