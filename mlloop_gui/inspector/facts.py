"""A short list of named numbers: what is written, and the same at full precision on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from mlloop_gui.theme import Theme, current, font, font_px

TICK, CROSS = "✓", "✗"
_LAST_ROW = 99


@dataclass(frozen=True)
class Fact:
    """One line: a name, its value as written, its full value, and whether it is the result."""

    name: str
    text: str
    exact: str = ""
    strong: bool = False

    @staticmethod
    def of(name: str, value: float, text: str, strong: bool = False) -> Fact:
        """Return the fact of a number that is written as ``text``."""
        return Fact(name, text, repr(float(value)), strong)


class Facts(QWidget):
    """A heading, lines of a name and a value in a fixed-width face, and a muted note.

    Labels are made once and kept; a shorter list hides the rest.
    """

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._theme = current()
        self._heading, self._note = QLabel(), QLabel()
        self._note.setWordWrap(True)
        self._note.hide()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._heading, 0, 0, 1, 2)
        self._grid.addWidget(self._note, _LAST_ROW, 0, 1, 2)
        self._grid.setRowStretch(_LAST_ROW + 1, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.set_heading(heading)
        self.set_theme(self._theme)

    def set_heading(self, heading: str) -> None:
        """Set the line above; it is the accessible name too."""
        self._heading.setText(heading)
        self._heading.setVisible(bool(heading))
        self.setAccessibleName(heading or "numbers")

    def set_facts(self, facts: Sequence[Fact], note: str = "") -> None:
        """Show lines, and under them a note."""
        while len(self._labels) < len(facts):
            self._add_line()
        self._facts = tuple(facts)
        for at, (name, value) in enumerate(self._labels):
            shown = at < len(facts)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                self._fill(name, value, facts[at])
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.setAccessibleDescription(self.describe())

    def describe(self) -> str:
        """Return the lines and the note as one text."""
        lines = [f"{fact.name}: {fact.text}" for fact in self._facts]
        return "\n".join([*lines, *([self._note.text()] if self._note.text() else [])])

    def text_of(self, name: str) -> str:
        """Return the value written beside a name; KeyError if no line has that name."""
        return {fact.name: fact.text for fact in self._facts}[name]

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._theme = theme
        self._heading.setStyleSheet(
            f"font-weight: bold; color: {theme.text}; font-size: {font_px()}px;"
        )
        self._note.setStyleSheet(f"color: {theme.muted}; font-size: {font_px('small')}px;")
        families = ", ".join(f'"{family}"' for family in font("mono").families())
        for name, value in self._labels:
            name.setStyleSheet(f"color: {theme.muted}; font-size: {font_px('small')}px;")
            value.setStyleSheet(
                f"color: {theme.text}; font-family: {families}; font-size: {font_px('mono')}px;"
            )

    def _add_line(self) -> None:
        name, value = QLabel(), QLabel()
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setTextFormat(Qt.TextFormat.RichText)
        row, left = len(self._labels) + 1, Qt.AlignmentFlag.AlignLeft
        self._grid.addWidget(name, row, 0, left)
        self._grid.addWidget(value, row, 1, left)
        self._labels.append((name, value))
        self.set_theme(self._theme)

    @staticmethod
    def _fill(name: QLabel, value: QLabel, fact: Fact) -> None:
        text = fact.text.replace("&", "&amp;").replace("<", "&lt;")
        name.setText(fact.name)
        value.setText(f"<b>{text}</b>" if fact.strong else text)
        value.setToolTip(fact.exact)
        value.setAccessibleName(f"{fact.name}: {fact.text}")
