"""The activation: one for all hidden layers, or one for each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.experiment import Field
from mlloop_gui.panels.fields.binding import ANY, Binding, Session
from mlloop_gui.panels.fields.choice import Menu, Option, sections_of

EACH = "one for each layer"  # no registered name has spaces


class ActivationEditor(QWidget):
    """A menu for all layers, whose last item opens a menu for each layer."""

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._sections = sections_of(field)
        each = Option(EACH, "Each its own", "Choose another activation for every layer.")
        self.all = Menu(self)
        self.all.set_sections([*self._sections, ("Layers", [each])])
        self.all.setAccessibleName("Activation")
        self.all.chosen.connect(self._choose)
        self.menus: list[Menu] = []
        self._names: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(4)
        self._grid.setHorizontalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self.all, 0, 0, 1, 2)
        self.setFocusProxy(self.all)
        self.binding = Binding(session, field, self)
        self.all.setToolTip(self.toolTip())
        self.binding.begin()

    def _value(self) -> Any:
        return self.binding.value

    def _set_value(self, value: Any) -> None:
        self.binding.edit(value)

    value = Property(ANY, _value, _set_value, user=True)

    def show_value(self, value: Any) -> None:
        """Show `value` without telling anyone."""
        each = [] if isinstance(value, str) else list(value)
        self.all.show_name(value if isinstance(value, str) else EACH)
        for number in range(len(self.menus), len(each)):
            self._add_layer(number)
        for number, (name, menu) in enumerate(zip(self._names, self.menus, strict=True)):
            used = number < len(each)
            name.setVisible(used)
            menu.setVisible(used)
            menu.show_name(each[number] if used else None)

    def wanted_width(self) -> int:
        """Pixels that show the name of the activation."""
        return self.all.wanted_width()

    def _add_layer(self, number: int) -> None:
        label, menu = QLabel(str(number + 1), self), Menu(self)
        label.setProperty("role", "muted")
        label.setBuddy(menu)
        menu.set_sections(self._sections)
        menu.setAccessibleName(f"Activation of hidden layer {number + 1}")
        menu.setToolTip(f"The activation of hidden layer {number + 1}.")
        menu.chosen.connect(self._choose_one)
        self._grid.addWidget(label, number + 1, 0)
        self._grid.addWidget(menu, number + 1, 1)
        self._names.append(label)
        self.menus.append(menu)

    def _choose(self, name: str) -> None:
        if name != EACH:
            self.binding.commit(name)
        elif isinstance(self.binding.value, str):
            self.binding.commit([self.binding.value] * len(self._session.experiment.model.hidden))

    def _choose_one(self) -> None:
        shown = [menu.name() for menu in self.menus if not menu.isHidden()]
        self.binding.commit(shown)
