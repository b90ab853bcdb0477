"""Which parameter is in hand: the largest gradients to choose from, any other by its name."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from core.errors import InputError
from core.experiment import weight_place
from core.network.layout import Layout
from mlloop_gui.plots import numbers
from mlloop_gui.theme import Theme, current, current_scale, font_px

MOST = 200


class ParameterChooser(QWidget):
    """A field with a menu of parameters, largest gradient first; a typed name takes any.

    Signals
    -------
    chosen : int
        A place in the flat vector.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout: Layout | None = None
        self._gradient = np.empty(0)
        self._indices: list[int] = []
        self._index = 0
        self.box = QComboBox()
        self.box.setObjectName("parameter")
        self.box.setAccessibleName("parameter in hand")
        self.box.setToolTip(
            "The parameter in hand: pick one, largest gradient first, or type a name such as"
            " weight_0[1,0] and press Enter"
        )
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setMaxVisibleItems(12)
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.box.setMinimumContentsLength(12)
        # Completion would answer a half-typed name with another parameter than the one meant.
        self.box.setCompleter(None)  # type: ignore[arg-type]
        self.error = QLabel()
        self.error.setObjectName("parameter.error")
        self.error.setAccessibleName("what is wrong with the name")
        self.error.setWordWrap(True)
        self.error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.box)
        column.addWidget(self.error)
        self.box.activated.connect(self._activated)
        edit = self.box.lineEdit()
        assert edit is not None
        self.edit = edit
        self.edit.setAccessibleName("name of the parameter")
        self.edit.returnPressed.connect(self._typed)
        self.set_theme(current())

    @property
    def index(self) -> int:
        """The parameter shown as chosen."""
        return self._index

    def set_parameters(self, layout: Layout, gradient: np.ndarray, index: int) -> None:
        """Offer parameters, one of them chosen; nothing is emitted.

        Parameters
        ----------
        layout : Layout
        gradient : ndarray of shape (parameters,)
        index : int
        """
        same = layout == self._layout and np.array_equal(gradient, self._gradient, equal_nan=True)
        moved = index != self._index
        self._index = index
        if not same and not self.box.view().isVisible():
            self._layout, self._gradient = layout, gradient
            self._offer()
        if moved or not same:
            self._show_chosen(moved)

    def _offer(self) -> None:
        assert self._layout is not None
        size = np.abs(np.where(np.isnan(self._gradient), np.inf, self._gradient))
        at = np.arange(len(size))
        if len(size) > MOST:
            at = np.sort(np.argpartition(size, -MOST)[-MOST:])
        self._indices = at[np.argsort(-size[at], kind="stable")].tolist()
        texts = [
            f"{self._layout.name(at)}   gradient {numbers.short(float(self._gradient[at]))}"
            for at in self._indices
        ]
        typed, modified = self.edit.text(), self.edit.isModified()
        with QSignalBlocker(self.box):
            if self.box.count() == len(texts):
                for at_row, text in enumerate(texts):
                    self.box.setItemText(at_row, text)
            else:
                self.box.clear()
                self.box.addItems(texts)
                self._fit()
        self.edit.setText(typed)
        self.edit.setModified(modified)

    def _show_chosen(self, moved: bool) -> None:
        """Write the chosen name, but not over one that is being typed."""
        if self._layout is None or (self.edit.isModified() and not moved):
            return
        with QSignalBlocker(self.box):
            found = self._index in self._indices
            self.box.setCurrentIndex(self._indices.index(self._index) if found else -1)
        self.edit.setText(self._layout.name(self._index))
        self.edit.setModified(False)
        self._say("")

    def _activated(self, row: int) -> None:
        if not 0 <= row < len(self._indices) or self._layout is None:
            return
        index = self._indices[row]
        self.edit.setText(self._layout.name(index))
        self.edit.setModified(False)
        self._choose(index)

    def _typed(self) -> None:
        """Choose the parameter whose name was typed, or say what is wrong with it."""
        if self._layout is None:
            return
        name = self.edit.text().strip()
        name = name.split("   ")[0].replace(" ", "")
        try:
            place = weight_place(name)
            if place is None:
                raise InputError(
                    "no such parameter", field=name, allowed="weight_0[1,0] or bias_0[3]"
                )
            index = self._layout.index(*place)
        except InputError as error:
            self._say(str(error))
            return
        self.edit.setText(self._layout.name(index))
        self.edit.setModified(False)
        self._choose(index)

    def _choose(self, index: int) -> None:
        self._say("")
        if index != self._index:
            self.chosen.emit(index)

    def _say(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))
        self.box.setProperty("invalid", bool(text))
        self.box.style().unpolish(self.box)
        self.box.style().polish(self.box)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.error.setStyleSheet(f"color: {theme.error}; font-size: {font_px('small')}px;")
        self._fit()

    def _fit(self) -> None:
        """A menu as wide as its lines, under a field that may be narrower."""
        metrics = self.box.fontMetrics()
        lines = [self.box.itemText(at) for at in range(min(self.box.count(), MOST))]
        widest = max((metrics.horizontalAdvance(line) for line in lines), default=0)
        self.box.view().setMinimumWidth(widest + round(40 * current_scale()))
