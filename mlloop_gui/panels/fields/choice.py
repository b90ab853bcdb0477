"""Fields that are one name of several: a menu of a few, and the rest under "More"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, NamedTuple

from PySide6.QtCore import Property, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from core.experiment import Field
from core.registry import registry
from mlloop_gui.panels.fields import words
from mlloop_gui.panels.fields.binding import ANY, Binding, Session

MORE = "More"


class Option(NamedTuple):
    """One item of a menu."""

    name: str
    label: str
    tip: str = ""


#: A title (empty for the first, untitled section) and the options under it.
Section = tuple[str, Sequence[Option]]


def part_option(part: Any) -> Option:
    """A registered part as an item, its explanation and formula as the tooltip."""
    lines = [f"<b>{escape(part.label)}</b>", escape(part.explanation)]
    if part.formula:
        lines.append(f"<i>{escape(part.formula)}</i>")
    return Option(part.name, part.label, "<qt>" + "<br>".join(lines) + "</qt>")


def sections_of(field: Field, first: Iterable[str] = ()) -> list[Section]:
    """The field's choices: those in `first` and the basic ones, then the rest under "More"."""
    if not field.registry:
        return [("", [Option(name, words.literal_label(name)) for name in field.choices])]
    parts = {part.name: part for part in registry(field.registry)}
    basic = [*first, *(name for name, part in parts.items() if part.basic and name not in first)]
    rest = [name for name in parts if name not in basic]
    if len(rest) == 1:
        basic, rest = [*basic, *rest], []
    found: list[Section] = [("", [part_option(parts[name]) for name in basic])]
    if rest:
        found.append((MORE, [part_option(parts[name]) for name in rest]))
    return found


class Menu(QComboBox):
    """A combo box of named options in sections, knowing no field; `chosen` is a person's choice."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections: list[Section] = []
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        self.setMaxVisibleItems(30)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(self._activated)

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Fill the menu; the name shown stays."""
        if list(sections) == self._sections:
            return
        self._sections = list(sections)
        now = self.name()
        self.clear()
        for title, options in sections:
            if title:
                self._add_title(title)
            for option in options:
                self.addItem(option.label, option.name)
                self.setItemData(self.count() - 1, option.tip, Qt.ItemDataRole.ToolTipRole)
        self.show_name(now)

    def name(self) -> str | None:
        """The name that stands in the box."""
        return self.currentData()

    def show_name(self, name: str | None) -> None:
        """Show `name` without telling anyone."""
        # Only a person's choice is `activated`.
        self.setCurrentIndex(self.findData(name) if name else -1)

    def tip(self) -> str:
        """The tooltip of the option shown."""
        return self.currentData(Qt.ItemDataRole.ToolTipRole) or ""

    def wanted_width(self) -> int:
        """Pixels that show the whole text, frame and arrow included."""
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(self.currentText()) + round(2.6 * metrics.height())

    def _add_title(self, title: str) -> None:
        if self.count():
            self.insertSeparator(self.count())
        item = QStandardItem(title)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setData(title, Qt.ItemDataRole.AccessibleTextRole)
        model = self.model()
        if isinstance(model, QStandardItemModel):
            model.appendRow(item)

    def _activated(self, index: int) -> None:
        name = self.itemData(index)
        if name:
            self.chosen.emit(name)

    def showPopup(self) -> None:
        # The list may be wider than the box, so that no name is cut.
        view = self.view()
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + self.height()))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceEditor(Menu):
    """The menu of a field; the USER property is the name."""

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.binding = Binding(session, field, self)
        self._plain_tip = self.toolTip()
        self.set_sections(sections_of(field))
        self.chosen.connect(self.choose)
        self.binding.begin()

    def _value(self) -> Any:
        return self.binding.value

    def _set_value(self, value: Any) -> None:
        self.binding.edit(value)

    value = Property(ANY, _value, _set_value, user=True)

    def choose(self, name: str) -> None:
        """A person has picked `name`."""
        self.binding.commit(name)

    def show_value(self, value: Any) -> None:
        """Show `value` without telling anyone."""
        self.show_name(value)
        tip = self.tip().removeprefix("<qt>").removesuffix("</qt>")
        body = self._plain_tip.removeprefix("<qt>")
        self.setToolTip(f"<qt>{tip}<hr>{body}" if tip else self._plain_tip)
