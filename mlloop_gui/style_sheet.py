"""The text of the program's one Qt style sheet, filled in from a theme."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlloop_gui.theme import Theme

_ROOT = Path(__file__).resolve().parent.parent
#: In the source tree, or where an installed copy keeps them.
ICON_FOLDERS = (_ROOT / "assets" / "icons", _ROOT / "core" / "assets" / "icons")

_SHEET = """
* { font-size: $base; }
QMainWindow, QDialog, QWidget#central { background: $window; }
QWidget { color: $text; }
QWidget:disabled { color: $disabled; }
QLabel { background: transparent; }
QLabel[role="title"] { font-weight: bold; font-size: $base; }
QLabel[role="heading"] { font-weight: bold; font-size: $large; }
QLabel[role="muted"] { color: $muted; font-size: $small; }
QLabel[role="formula"] { font-size: $formula; font-style: italic;
  font-family: "DejaVu Serif", "Cambria", "Times New Roman", serif; }
QLabel[role="mono"] { font-family: "DejaVu Sans Mono", "Menlo", "Consolas", monospace;
  font-size: $mono; }
QLabel[message="error"], QLabel[message="warning"], QLabel[message="note"] {
  border-radius: ${r}; padding: ${p4} ${p8}; border: 1px solid $border;
  border-left: 3px solid $accent; background: $raised; color: $text; }
QLabel[message="warning"] { border-left-color: $warning; background: $warning_soft; }
QLabel[message="error"] { border-left-color: $error; background: $error_soft; }

QFrame[card="true"] { background: $panel; border: 1px solid $border; border-radius: ${r8}; }
QFrame[bar="true"] { background: $panel; border: none; border-top: 1px solid $border; }
QWidget[sheet="true"] { background: $panel; }
QGroupBox { background: $panel; border: 1px solid $border; border-radius: ${r8};
  margin-top: ${p12}; padding: ${p8} ${p6} ${p6} ${p6}; font-weight: bold; }
QGroupBox::title { subcontrol-origin: margin; left: ${p8}; padding: 0 ${p4}; }

QToolBar { background: $panel; border: none; border-bottom: 1px solid $border;
  spacing: ${p6}; padding: ${p4} ${p8}; }
QToolBar#bar_time { padding: 0; border-bottom: none; border-top: 1px solid $border; }
QToolBar::separator { background: $border; width: 1px; margin: ${p4} ${p4}; }
QStatusBar { background: $panel; border-top: 1px solid $border; color: $muted; }

QPushButton, QToolButton { background: $panel; border: 1px solid $border;
  border-radius: ${r}; padding: ${p4} ${p10}; min-height: ${p16}; }
QToolButton { padding: ${p4} ${p8}; }
QPushButton:hover, QToolButton:hover { background: $hover; border-color: $strong; }
QPushButton:pressed, QToolButton:pressed { background: $pressed; }
QPushButton:checked, QToolButton:checked { background: $accent_soft; color: $accent_ink;
  border-color: $accent; font-weight: bold; }
QPushButton:disabled, QToolButton:disabled { background: $panel; color: $disabled;
  border-color: $grid; }
QPushButton:default { border-color: $strong; }
QPushButton[primary="true"], QToolButton[primary="true"] { background: $accent;
  color: $accent_text; border-color: $accent; font-weight: bold; }
QPushButton[primary="true"]:hover, QToolButton[primary="true"]:hover {
  background: $accent_hover; border-color: $accent_hover; }
QPushButton[primary="true"]:disabled, QToolButton[primary="true"]:disabled {
  background: $grid; color: $disabled; border-color: $grid; }
QPushButton[flat="true"], QToolButton[flat="true"], QPushButton:flat { background: transparent;
  border-color: transparent; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: ${p3} ${p9}; }
QToolButton:focus { padding: ${p3} ${p7}; }
QPushButton[primary="true"]:focus, QToolButton[primary="true"]:focus {
  border: 2px solid $text; }
QToolButton::menu-indicator { image: $chevron; width: ${p10}; height: ${p10};
  subcontrol-position: right center; subcontrol-origin: padding; right: ${p4}; }
QToolButton[popupMode="2"] { padding-right: ${p20}; }
QToolButton[sign="true"] { padding: ${p4} ${p4}; min-width: ${p16}; }
QToolButton[sign="true"]::menu-indicator { width: 0; height: 0; }
QToolButton[popupMode="1"]::menu-button { border: none; width: ${p16}; }
QPushButton::menu-indicator { image: $chevron; width: ${p10}; height: ${p10};
  subcontrol-position: right center; right: ${p4}; }

QAbstractButton[segment="first"] { border-top-right-radius: 0; border-bottom-right-radius: 0;
  border-right-width: 0; }
QAbstractButton[segment="middle"] { border-radius: 0; border-right-width: 0; }
QAbstractButton[segment="last"] { border-top-left-radius: 0; border-bottom-left-radius: 0; }
QAbstractButton[segment="first"]:checked, QAbstractButton[segment="middle"]:checked {
  border-right-width: 1px; }
QAbstractButton[segment="first"]:focus, QAbstractButton[segment="middle"]:focus {
  border-right-width: 2px; }

QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit {
  background: $raised; border: 1px solid $border; border-radius: ${r};
  padding: ${p2} ${p6}; min-height: ${p18};
  selection-background-color: $accent; selection-color: $accent_text; }
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: $strong; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
  border: 2px solid $accent; padding: ${p1} ${p5}; }
QLineEdit[invalid="true"], QComboBox[invalid="true"], QAbstractSpinBox[invalid="true"] {
  border: 2px solid $error; padding: ${p1} ${p5}; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled { color: $disabled;
  border-color: $grid; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: none; padding: 0 0 0 ${p4}; min-height: 0;
  background: transparent; }
QComboBox::drop-down { border: none; width: ${p18}; subcontrol-position: right center; }
QComboBox::down-arrow { image: $chevron; width: ${p10}; height: ${p10}; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $border; outline: none;
  padding: ${p2}; selection-background-color: $accent_soft; selection-color: $text; }
QAbstractSpinBox { padding: ${p2} ${p18} ${p2} ${p4}; min-height: ${p16}; }
QAbstractSpinBox:focus { padding: ${p1} ${p17} ${p1} ${p3}; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: ${p16};
  background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $pressed; }
QAbstractSpinBox::up-arrow { image: $chevron_up; width: ${p8}; height: ${p8}; }
QAbstractSpinBox::down-arrow { image: $chevron; width: ${p8}; height: ${p8}; }

QCheckBox, QRadioButton { spacing: ${p6}; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator { width: ${p14}; height: ${p14};
  border: 1px solid $strong; background: $raised; }
QCheckBox::indicator { border-radius: ${p3}; }
QRadioButton::indicator { border-radius: ${p8}; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: $tick; }
QRadioButton::indicator:checked { background: $raised; border: ${p5} solid $accent;
  width: ${p6}; height: ${p6}; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent;
  width: ${p12}; height: ${p12}; }
QRadioButton::indicator:checked:focus { border: ${p5} solid $accent;
  width: ${p6}; height: ${p6}; }
QCheckBox:focus, QRadioButton:focus { color: $accent_ink; }
QRadioButton:focus { text-decoration: underline; }

QSlider::groove:horizontal { height: ${p4}; border-radius: ${p2}; background: $border; }
QSlider::sub-page:horizontal { height: ${p4}; border-radius: ${p2}; background: $accent; }
QSlider::handle:horizontal { width: ${p12}; height: ${p12}; margin: -${p5} 0;
  border-radius: ${p6}; border: 1px solid $strong; background: $panel; }
QSlider::handle:horizontal:hover { border-color: $accent; }
QSlider::handle:horizontal:focus { border: 2px solid $accent; background: $accent_soft; }
QSlider::sub-page:horizontal:disabled { background: $border; }
QSlider { min-height: ${p18}; background: transparent; }
QProgressBar { background: $raised; border: 1px solid $border; border-radius: ${r};
  text-align: center; min-height: ${p16}; }
QProgressBar::chunk { background: $accent_soft; border-radius: ${r}; }

QTabWidget::pane { border: none; border-top: 1px solid $border; background: $panel; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $text; padding: ${p6} ${p10};
  border: none; border-bottom: 2px solid transparent; }
QTabBar#bottom_tabs::tab { padding: ${p2} ${p10}; }
QTabBar::tab:hover { background: $hover; }
QTabBar::tab:selected { color: $accent_ink; font-weight: bold; border-bottom-color: $accent; }
QTabBar::tab:disabled { color: $disabled; }
QTabBar:focus { border: 1px solid $accent; border-radius: ${r}; }

QAbstractItemView { background: $panel; alternate-background-color: $raised; border: 1px solid
  $border; selection-background-color: $accent_soft; selection-color: $text; }
QTableView { gridline-color: $grid; border-radius: ${r}; }
QTableView:focus, QListView:focus, QTreeView:focus { border: 1px solid $accent; }
QHeaderView { background: $raised; border: none; }
QHeaderView::section { background: $raised; color: $muted; border: none;
  border-right: 1px solid $grid; border-bottom: 1px solid $border; padding: ${p3} ${p6}; }
QTableCornerButton::section { background: $raised; border: none; }

QToolTip { background: $panel; color: $text; border: 1px solid $strong; padding: ${p4} ${p6}; }
QMenuBar { background: $panel; border-bottom: 1px solid $border; }
QMenuBar::item { background: transparent; padding: ${p4} ${p8}; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $panel; border: 1px solid $border; padding: ${p4}; }
QMenu::item { padding: ${p4} ${p20} ${p4} ${p10}; border-radius: ${p4}; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $grid; margin: ${p4} ${p6}; }
QMenu::icon { padding-left: ${p6}; }

QScrollArea, QScrollArea > QWidget > QWidget[scrolled="true"] { background: transparent;
  border: none; }
QScrollBar:vertical { background: transparent; width: ${p10}; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${p10}; margin: 0; }
QScrollBar::handle { background: $strong; border-radius: ${p3}; margin: ${p2};
  min-height: ${p20}; min-width: ${p20}; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
QSplitter::handle:horizontal { width: ${p8}; }
QSplitter::handle:vertical { height: ${p8}; }
QSplitter::handle:hover { background: $accent_soft; }
QDockWidget { font-weight: bold; }
QDockWidget::title { background: $window; padding: ${p4} ${p8}; text-align: left; }
QMainWindow::separator { width: ${p5}; height: ${p5}; }
QMainWindow::separator:horizontal {
  background: qlineargradient(x1: 0, y1: 0, x2: 1, y2: 0, $grip); }
QMainWindow::separator:vertical {
  background: qlineargradient(x1: 0, y1: 0, x2: 0, y2: 1, $grip); }
QMainWindow::separator:hover { background: $accent; }
"""


@lru_cache(maxsize=1024)
def mix(first: str, second: str, share: float) -> str:
    """Return the colour that is ``share`` of ``second`` and the rest of ``first``."""
    pairs = [(int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * (1 - share) + b * share):02x}" for a, b in pairs)


def _image(name: str) -> str:
    for folder in ICON_FOLDERS:
        if (folder / name).exists():
            return f'url("{(folder / name).as_posix()}")'
    return "none"


def _grip(line: str, middle: str) -> str:
    """Return the stops of a line that is seen to be dragged by its darker middle."""
    stops = ((0, line), (0.47, line), (0.471, middle), (0.529, middle), (0.53, line), (1, line))
    return ", ".join(f"stop: {at} {color}" for at, color in stops)


def build(theme: Theme, pixels: dict[str, int], scale: float) -> str:
    """Return the style sheet of ``theme``: text sizes as ``pixels``, lengths times ``scale``."""
    lengths = {f"p{n}": f"{max(1, round(n * scale))}px" for n in range(1, 21)}
    lengths |= {"r": lengths["p5"], "r8": lengths["p8"]}
    return Template(_SHEET).substitute(
        {role: f"{size}px" for role, size in pixels.items()},
        **lengths,
        window=theme.window,
        panel=theme.panel,
        raised=theme.raised,
        border=theme.border,
        text=theme.text,
        muted=theme.muted,
        grid=theme.grid,
        accent=theme.accent,
        accent_text=theme.accent_text,
        accent_soft=theme.accent_soft,
        accent_ink=theme.accent,
        accent_hover=mix(theme.accent, theme.text, 0.15),
        warning=theme.warning,
        warning_soft=mix(theme.panel, theme.warning, 0.08),
        error=theme.error,
        error_soft=mix(theme.panel, theme.error, 0.08),
        strong=mix(theme.border, theme.text, 0.28),
        hover=mix(theme.panel, theme.text, 0.05),
        pressed=mix(theme.panel, theme.text, 0.12),
        disabled=mix(theme.muted, theme.panel, 0.35),
        chevron=_image(f"chevron-down-{theme.name}.svg"),
        chevron_up=_image(f"chevron-up-{theme.name}.svg"),
        tick=_image(f"tick-{theme.name}.svg"),
        grip=_grip(theme.grid, mix(theme.border, theme.text, 0.28)),
    )
