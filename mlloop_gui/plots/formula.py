"""A formula, the same formula with numbers beneath it, and a sentence."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from mlloop_gui.plots.formula_boxes import face
from mlloop_gui.plots.formula_layout import Layout, lay_out, paint
from mlloop_gui.theme import Theme, current, font, font_px

_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_COPY = QKeySequence.StandardKey.Copy
_WRAP = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
_NEAR = 1.5  # em: first relations farther apart than that stay where they are
_MARGIN = 2  # pixels round a formula, where the frame of the focus is


class FormulaView(QWidget):
    """One formula, typeset from its plain text; that text is what is read out and copied.

    A text that is no formula is drawn as it is, in italics.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._color = current().text
        self._pixels = font_px("formula")
        self._shift = 0
        self._focus_shown = False
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def text(self) -> str:
        """Return the formula as plain text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another formula."""
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(text)
            self._changed()

    def set_style(self, pixels: int, color: str) -> None:
        """Set size and colour."""
        if (pixels, color) != (self._pixels, self._color):
            self._pixels, self._color = pixels, color
            self._changed()

    def set_shift(self, shift: int) -> None:
        """Begin so many pixels from the left, where that costs no further line."""
        if shift != self._shift:
            self._shift = shift
            self._changed()

    def _changed(self) -> None:
        self.updateGeometry()
        self.update()

    @property
    def color(self) -> str:
        """The colour of the formula."""
        return self._color

    @property
    def pixels(self) -> int:
        """The size of the formula."""
        return self._pixels

    # Layout

    def layout_at(self, width: int) -> tuple[Layout | None, int]:
        """Return the formula on lines at a width, None where it is plain text, and its shift."""
        laid = self.unshifted(width, self._pixels)
        if laid is None or not self._shift:
            return laid, 0
        if laid.lines == 1 and laid.width + self._shift <= width - 2 * _MARGIN:
            return laid, self._shift
        shifted = self.unshifted(width - self._shift, self._pixels)
        if shifted is None or shifted.lines > laid.lines:
            return laid, 0
        return shifted, self._shift

    def unshifted(self, width: int, pixels: int) -> Layout | None:
        """Return the formula on lines at a width and size, None where it is plain text."""
        return lay_out(self._text, width - 2 * _MARGIN, pixels)

    def hasHeightForWidth(self) -> bool:
        """Return that the height depends on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the formula takes at a width."""
        laid, _ = self.layout_at(width)
        if laid is not None:
            height = laid.height
        else:
            metrics = QFontMetricsF(face(self._pixels, True))
            room = QRectF(0.0, 0.0, max(width - 2 * _MARGIN, 1), 100_000.0)
            height = metrics.boundingRect(room, int(_WRAP), self._text).height()
        return int(height + 0.999) + 2 * _MARGIN

    def sizeHint(self) -> QSize:
        """Return a width at which it can be read, and the height at the width that it has."""
        return QSize(260, self.heightForWidth(max(self.width(), 60)))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(60, self._pixels + 2 * _MARGIN)

    # Qt events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the formula."""
        laid, shift = self.layout_at(self.width())
        with QPainter(self) as painter:
            color = QColor(self._color)
            if laid is not None:
                paint(painter, laid, QPointF(_MARGIN + shift, _MARGIN), color)
            else:
                painter.setPen(color)
                painter.setFont(face(self._pixels, True))
                inside = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
                painter.drawText(inside, int(_WRAP), self._text)
            if self._focus_shown:
                painter.setPen(QPen(QColor(current().accent), 1.0, Qt.PenStyle.DotLine))
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def copy(self) -> None:
        """Put the plain text on the clipboard."""
        QGuiApplication.clipboard().setText(self._text)

    def context_menu(self) -> QMenu:
        """Return a new context menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entry = menu.addAction("Copy")
        entry.setShortcut(QKeySequence(_COPY))
        entry.triggered.connect(self.copy)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the context menu (right button, or the menu key)."""
        self.context_menu().popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Claim Ctrl+C before any shortcut of the window has it."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.matches(_COPY):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with Ctrl+C; leave the rest to the window."""
        if event.matches(_COPY):
            self.copy()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus where the keyboard brought it."""
        self._focus_shown = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the frame of the focus away."""
        self._focus_shown = False
        super().focusOutEvent(event)


class FormulaLabel(QWidget):
    """A formula, under it the same with numbers, then a sentence.

    All three can be copied as plain text; what is long goes on in further lines. A formula that
    does not stand on one line is written smaller, and the numbers begin where that puts their
    first relation under the formula's.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._formula = FormulaView("formula")
        self._numbers = FormulaView("formula with numbers")
        self._sentence = QLabel()
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._sentence.setWordWrap(True)
        self._sentence.setAccessibleName("explanation")
        self._sentence.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self._formula, self._numbers, self._sentence):
            part.hide()
            layout.addWidget(part)
        layout.addStretch(1)
        self.setAccessibleName("formula")
        self.set_theme(current())

    def set_text(self, formula: str, numbers: str = "", sentence: str = "") -> None:
        """Set the three texts; an empty one takes no room."""
        self._formula.set_text(formula)
        self._numbers.set_text(numbers)
        if self._sentence.text() != sentence:
            self._sentence.setText(sentence)
        self._formula.setVisible(bool(formula))
        self._numbers.setVisible(bool(numbers))
        self._sentence.setVisible(bool(sentence))
        self.needed(self.width())
        self.setAccessibleDescription(self.describe())

    def describe(self) -> str:
        """Return the three texts as one."""
        texts = (self._formula.text(), self._numbers.text(), self._sentence.text())
        return "\n".join(text for text in texts if text)

    def needed(self, width: int) -> int:
        """Return the height that the texts take at a width, and write them to that width."""
        pixels = font_px("formula")
        laid = self._formula.unshifted(width, pixels)
        if laid is None or laid.lines > 1:
            pixels = font_px("title") + 1
        self._formula.set_style(pixels, self._formula.color)
        self._numbers.set_shift(self._apart(width))
        self._column.invalidate()
        return self._column.totalHeightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write the texts to the new width."""
        super().resizeEvent(event)
        self.needed(self.width())

    def _apart(self, width: int) -> int:
        """How far the numbers must go for the first relations to be under each other.

        0 where they are not near.
        """
        above = self._formula.layout_at(width)[0]
        below = self._numbers.unshifted(width, self._numbers.pixels)
        if above is None or below is None or not above.lead or not below.lead:
            return 0
        apart = round(above.lead - below.lead)
        return apart if 0 < apart <= _NEAR * self._formula.pixels else 0

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._formula.set_style(font_px("formula"), theme.text)
        self._numbers.set_style(font_px("title"), theme.muted)
        # The window's style sheet sets fonts, so a font set by setFont would not hold.
        families = ", ".join(f'"{family}"' for family in font("base").families())
        self._sentence.setStyleSheet(
            f"QLabel {{ font-family: {families}; font-size: {font_px('base')}px;"
            f" color: {theme.text}; background: transparent; }}"
        )
        self._column.setSpacing(max(4, font_px() // 2))
