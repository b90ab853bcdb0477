"""A titled frame around a picture."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget


class Card(QFrame):
    """A rounded frame with an optional header row and one or more pictures below it.

    Attributes
    ----------
    header : QHBoxLayout
        For a title and small controls.
    body : QVBoxLayout
    """

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 6, 8, 6)
        outer.setSpacing(4)
        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        self.title = QLabel(title)
        self.title.setProperty("role", "title")
        if title:
            self.header.addWidget(self.title)
        outer.addLayout(self.header)
        self.body = QVBoxLayout()
        outer.addLayout(self.body, 1)


def light(button: QAbstractButton, on: bool) -> None:
    """Give a button the look of the one to press next, or take it away."""
    if bool(button.property("primary")) != on:
        button.setProperty("primary", on)
        button.style().unpolish(button)
        button.style().polish(button)
