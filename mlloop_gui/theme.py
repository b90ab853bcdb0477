"""The two themes: their colours, the one style sheet, and the colour maps of the plots.

Blue and vermilion mean classes and nothing else; green and purple mean a sign; the accent is an
indigo that is neither. Colour is never the only carrier, so every use has a shape or a text too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from mlloop_gui.style_sheet import build as _build_style_sheet
from mlloop_gui.style_sheet import mix

#: Sizes in pixels at scale 1; nothing on screen is smaller than ``small``.
FONT_PIXELS = {"small": 12, "base": 13, "mono": 12, "title": 14, "large": 16, "formula": 18}
SMALLEST_TEXT = 12
#: The style that the style sheet is written for, and the variable that Qt takes one from.
STYLE, STYLE_OF_QT = "Fusion", "QT_STYLE_OVERRIDE"
#: Ctrl + and Ctrl - move the scale between these.
SCALES = (1.0, 2.5)

_MARKERS = ("o", "s", "t", "d", "star", "p", "h", "+", "x", "t1")


@dataclass(frozen=True)
class Theme:
    """The colours of one theme, as ``#rrggbb``.

    Attributes
    ----------
    window, panel, raised : str
        Background of the window, of a card in it, and of a field in a card.
    border, grid, text, muted : str
        Lines, plot grids, ordinary and secondary text.
    accent, accent_text, accent_soft : str
        The colour of what is chosen or next, text on it, and its pale version.
    warning, error, ok : str
        Colours of messages (each message also says its kind in words).
    positive, negative : str
        Signed values as lines and text: green and purple.
    positive_fill, negative_fill, paper : str
        The two ends and the neutral middle of the maps of signed values.
    class_colors, class_markers : tuple of str
        Ten colours and ten pyqtgraph symbols; class ``k`` takes number ``k % 10`` of each.
    """

    name: str
    window: str
    panel: str
    raised: str
    border: str
    text: str
    muted: str
    grid: str
    accent: str
    accent_text: str
    accent_soft: str
    warning: str
    error: str
    ok: str
    positive: str
    negative: str
    positive_fill: str
    negative_fill: str
    paper: str
    class_colors: tuple[str, ...]
    class_markers: tuple[str, ...] = _MARKERS

    @property
    def dark(self) -> bool:
        """Whether this is the dark theme."""
        return self.name == "dark"


LIGHT = Theme(
    name="light",
    window="#f5f5f2",
    panel="#ffffff",
    raised="#f6f6f3",
    border="#d9d9d3",
    text="#1d2026",
    muted="#5f656f",
    grid="#e9e9e4",
    accent="#4b45c6",
    accent_text="#ffffff",
    accent_soft="#e9e8fa",
    warning="#8a5a00",
    error="#b3261e",
    ok="#2b6e45",
    positive="#2f7d4a",
    negative="#8b3f9e",
    positive_fill="#6fac7f",
    negative_fill="#ae7cbf",
    paper="#ffffff",
    class_colors=(
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00",
        "#56b4e9", "#8c564b", "#6b6b6b", "#b5a900", "#5e4fa2",
    ),
)  # fmt: skip

DARK = Theme(
    name="dark",
    window="#14161b",
    panel="#1c1f26",
    raised="#14161b",
    border="#343943",
    text="#e8e9ec",
    muted="#a0a6b1",
    grid="#2b2f38",
    accent="#a5a1ff",
    accent_text="#14133a",
    accent_soft="#2c2b52",
    warning="#e3b04b",
    error="#ff8a80",
    ok="#7fc897",
    positive="#6dbd83",
    negative="#c78bd8",
    positive_fill="#42805a",
    negative_fill="#805696",
    paper="#1c1f26",
    class_colors=(
        "#4fa8e0", "#ee8434", "#2fc49a", "#dd93bb", "#f2b933",
        "#8fd0f5", "#bd8478", "#a8a8a8", "#d8cc3a", "#9a8ce0",
    ),
)  # fmt: skip

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


class _State:
    """The theme and scale in force; the window's one setter changes them."""

    theme = LIGHT
    scale = 1.0


def current() -> Theme:
    """Return the theme in force."""
    return _State.theme


def current_scale() -> float:
    """Return the text scale in force (1 is the size of the design)."""
    return _State.scale


def set_current(theme: Theme, scale: float | None = None) -> None:
    """Make ``theme`` (and, if given, ``scale``) the one that new widgets take."""
    _State.theme = theme
    if scale is not None:
        _State.scale = clamp_scale(scale)


def clamp_scale(scale: float) -> float:
    """Return ``scale`` within the allowed range: text never falls under 12 px."""
    return min(max(float(scale), SCALES[0]), SCALES[1])


def system_theme() -> Theme:
    """Return the theme that the desktop asks for (light where it does not say)."""
    if QGuiApplication.instance() is None:
        return LIGHT
    scheme = QGuiApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def font_px(role: str = "base", scale: float | None = None) -> int:
    """Return the pixel size of a text role (``small``, ``base``, ``title`` ...), never under 12."""
    factor = _State.scale if scale is None else clamp_scale(scale)
    return max(SMALLEST_TEXT, round(FONT_PIXELS[role] * factor))


def font(role: str = "base", bold: bool = False) -> QFont:
    """Return the font of a text role, for what is painted by hand."""
    return QFont(_font(role, bold, _State.scale))


def text_width(text: str, role: str = "base", bold: bool = False) -> float:
    """Return the width of a text in the font of a role, in pixels."""
    return _width(text, role, bold, _State.scale)


def line_height(role: str = "base", bold: bool = False) -> float:
    """Return the height of a line in the font of a role, in pixels."""
    return _height(role, bold, _State.scale)


@lru_cache(maxsize=4096)
def _width(text: str, role: str, bold: bool, scale: float) -> float:
    return QFontMetricsF(_font(role, bold, scale)).horizontalAdvance(text)


@lru_cache(maxsize=64)
def _height(role: str, bold: bool, scale: float) -> float:
    return QFontMetricsF(_font(role, bold, scale)).height()


@lru_cache(maxsize=64)
def _font(role: str, bold: bool, scale: float) -> QFont:
    made = QFont(QApplication.font()) if QApplication.instance() else QFont()
    if role == "mono":
        made.setFamilies(["DejaVu Sans Mono", "Menlo", "Consolas", "monospace"])
        made.setStyleHint(QFont.StyleHint.Monospace)
    made.setPixelSize(font_px(role, scale))
    made.setBold(bold)
    return made


def stylesheet(theme: Theme, scale: float = 1.0) -> str:
    """Return the one style sheet of the program."""
    pixels = {role: font_px(role, scale) for role in FONT_PIXELS}
    return _build_style_sheet(theme, pixels, clamp_scale(scale))


def palette(theme: Theme) -> QPalette:
    """Return a palette of the theme, for what the style sheet does not reach."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, color in {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.raised,
        role.Text: theme.text,
        role.Button: theme.panel,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Mid: theme.border,
    }.items():
        made.setColor(which, QColor(color))
    for which in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.muted))
    return made


def apply(application: QApplication, theme: Theme, scale: float = 1.0) -> None:
    """Set style, palette and style sheet of ``application``; the theme becomes the current one."""
    set_current(theme, scale)
    # Fonts asked for before there was an application are not its own.
    for cache in (_font, _width, _height):
        cache.cache_clear()
    sheet = stylesheet(theme, scale)
    if application.styleSheet() == sheet and application.palette() == palette(theme):
        return  # setting them again would have every widget of every window styled anew
    # Python's name for the style, which this returns, takes as long to make as all the rest here.
    if os.environ.get(STYLE_OF_QT) != STYLE:
        application.setStyle(STYLE)
    application.setPalette(palette(theme))
    application.setStyleSheet(sheet)


def rgb(color: str) -> NDArray[np.float64]:
    """Return ``#rrggbb`` as three numbers from 0 to 255."""
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float64)


def _ramp(low: str, middle: str, high: str) -> NDArray[np.uint8]:
    """Return 256 colours from ``low`` over ``middle`` to ``high``, shape (256, 3)."""
    stops = np.stack([rgb(low), rgb(middle), rgb(high)])
    at = np.linspace(-1.0, 1.0, 256)
    # A slightly bent ramp keeps small values apart from the neutral middle.
    at = np.sign(at) * np.abs(at) ** 0.85
    table = np.stack([np.interp(at, [-1.0, 0.0, 1.0], stops[:, c]) for c in range(3)], axis=1)
    made = np.ascontiguousarray(np.round(table).astype(np.uint8))
    made.setflags(write=False)
    return made


@lru_cache(maxsize=8)
def diverging_lut(theme: Theme) -> NDArray[np.uint8]:
    """Return the map of signed values, shape (256, 3): purple, paper at 127.5, green."""
    return _ramp(theme.negative_fill, theme.paper, theme.positive_fill)


@lru_cache(maxsize=32)
def class_lut(theme: Theme, a: int = 0, b: int = 1) -> NDArray[np.uint8]:
    """Return the map of a one-output score, shape (256, 3).

    Index 0 is sure of class ``a``, 255 of class ``b``, the middle is paper.
    """
    return _ramp(region_color(theme, a), theme.paper, region_color(theme, b))


def region_color(theme: Theme, index: int) -> str:
    """Return the colour of the region of class ``index``, paler than that class's points."""
    return mix(theme.class_colors[index % len(theme.class_colors)], theme.paper, 0.36)


@lru_cache(maxsize=64)
def _region_table(theme: Theme, classes: int) -> NDArray[np.float32]:
    return np.stack([rgb(region_color(theme, k)) for k in range(classes)]).astype(np.float32)


def class_blend(theme: Theme, probabilities: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return colours for probabilities of many classes.

    Parameters
    ----------
    theme : Theme
    probabilities : array, shape (..., K)
        Each row sums to 1.

    Returns
    -------
    array of uint8, shape (..., 3)
        The mixture of the class colours, drawn towards paper where the answer is unsure.
    """
    shares = np.asarray(probabilities, dtype=np.float32)
    classes = shares.shape[-1]
    mixed = shares @ _region_table(theme, classes)
    even = 1.0 / classes
    sure = (shares.max(axis=-1, keepdims=True) - even) / max(1.0 - even, 1e-9)
    paper = rgb(theme.paper).astype(np.float32)
    blended = paper + np.clip(sure, 0.0, 1.0) ** 0.7 * (mixed - paper)
    return np.clip(np.rint(blended), 0, 255).astype(np.uint8)
