"""A formula in italics, the same formula with numbers beneath it, and a sentence."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from mlloop_gui.theme import Theme, current, font, font_px

_SERIFS = ["DejaVu Serif", "Cambria", "STIX Two Text", "Georgia", "Times New Roman", "serif"]


def formula_font() -> QFont:
    """Return the italic face of formulas."""
    face = font("formula")
    face.setFamilies(_SERIFS)
    face.setStyleHint(QFont.StyleHint.Serif)
    face.setItalic(True)
    return face


class FormulaLabel(QWidget):
    """Formula lines, then the same with numbers in a fixed-width face, then a sentence.

    All three are plain text that can be selected and copied; long lines wrap.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._formula, self._numbers, self._sentence = QLabel(), QLabel(), QLabel()
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        named = (
            (self._formula, "formula"),
            (self._numbers, "formula with numbers"),
            (self._sentence, "explanation"),
        )
        for label, name in named:
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            label.setWordWrap(True)
            label.setAccessibleName(name)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            label.hide()
            layout.addWidget(label)
        layout.addStretch(1)
        self.setAccessibleName("formula")
        self.set_theme(current())

    def set_text(self, formula: str, numbers: str = "", sentence: str = "") -> None:
        """Set the three texts; an empty one takes no room."""
        texts = ((self._formula, formula), (self._numbers, numbers), (self._sentence, sentence))
        for label, text in texts:
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))
        self.setAccessibleDescription(self.describe())

    def describe(self) -> str:
        """Return the three texts as one."""
        texts = (self._formula.text(), self._numbers.text(), self._sentence.text())
        return "\n".join(text for text in texts if text)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        faces = (formula_font(), font("mono"), font("base"))
        colors = (theme.text, theme.muted, theme.text)
        labels = (self._formula, self._numbers, self._sentence)
        for label, face, color in zip(labels, faces, colors, strict=True):
            # The window's style sheet sets fonts, so a font set by setFont would not hold.
            families = ", ".join(f'"{family}"' for family in face.families())
            style = "italic" if face.italic() else "normal"
            label.setStyleSheet(
                f"QLabel {{ font-family: {families}; font-size: {face.pixelSize()}px;"
                f" font-style: {style}; color: {color}; background: transparent; }}"
            )
        self._column.setSpacing(max(4, font_px() // 2))
