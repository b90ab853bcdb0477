"""From the gradient to the new parameter, link by link: each with its formula and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.formula import FormulaView
from mlloop_gui.theme import Theme, current, font, font_px

Arrays = dict[str, np.ndarray]
Read = Callable[[str], float]
_DIGITS = 4
_LAST_ROW = 99
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Link:
    """One number: its name, the rule, the rule with numbers in it, and what comes out."""

    name: str
    formula: str
    worked: str
    value: float


def links(arrays: Arrays, optimizer: str) -> list[Link]:
    """Return the arithmetic of one parameter's step.

    Parameters
    ----------
    arrays : dict
        Of the lens ``"step"``.
    optimizer : str
    """
    at = int(arrays["parameter"])

    def of(name: str) -> float:
        return float(arrays[name][at] if arrays[name].shape else arrays[name])

    made = [Link("gradient", "g", "from stage 6", of("gradient"))]
    if float(arrays["clip_factor"]) < 1.0:
        factor = of("clip_factor")
        worked = f"{_text(factor)} · {_text(of('gradient'))}"
        made.append(Link("clipped", "g ← c · g", worked, of("clipped")))
    made += _memory(of, arrays, optimizer)
    formula, worked = _step(of, optimizer)
    made.append(Link("step", formula, worked, of("step")))
    worked = f"{_text(of('theta_before'), True)} + {_text(of('step'))}"
    made.append(Link("new w", "w ← w + step", worked, of("theta_after")))
    return made


def _memory(of: Read, arrays: Arrays, optimizer: str) -> list[Link]:
    """What the optimizer remembers, before and after this gradient."""
    g = of("clipped")
    if optimizer in ("momentum", "nesterov"):
        before, after = of("slot_velocity_before"), of("slot_velocity_after")
        worked = f"{_plain(of('momentum'))} · {_text(before)} + {_text(g)}"
        return [Link("velocity", "v ← μ v + g", worked, after)]
    if optimizer == "adagrad":
        before, after = of("slot_sum_of_squares_before"), of("slot_sum_of_squares_after")
        worked = f"{_text(before, True)} + {_square(g)}"
        return [Link("sum of squares", "s ← s + g²", worked, after)]
    if optimizer == "rmsprop":
        before, after = of("slot_mean_square_before"), of("slot_mean_square_after")
        return [Link("mean square", "s ← β₂ s + (1 − β₂) g²",
                     _running(of("beta2"), before, _square(g)), after)]  # fmt: skip
    if optimizer not in ("adam", "adamw"):
        return []
    count = str(int(arrays["count"])).translate(_SUPERSCRIPTS)
    beta1, beta2 = of("beta1"), of("beta2")
    mean, square = of("slot_mean_after"), of("slot_mean_square_after")
    return [
        Link("mean", "m ← β₁ m + (1 − β₁) g",
             _running(beta1, of("slot_mean_before"), _text(g)), mean),
        Link("mean square", "v ← β₂ v + (1 − β₂) g²",
             _running(beta2, of("slot_mean_square_before"), _square(g)), square),
        Link("corrected", "m̂ = m / (1 − β₁ᵗ)",
             f"{_text(mean, True)} / (1 − {_plain(beta1)}{count})", of("corrected_mean")),
        Link("corrected", "v̂ = v / (1 − β₂ᵗ)",
             f"{_text(square, True)} / (1 − {_plain(beta2)}{count})",
             of("corrected_mean_square")),
    ]  # fmt: skip


def _step(of: Read, optimizer: str) -> tuple[str, str]:
    rate, g = _plain(of("rate")), of("clipped")
    minus = numbers.MINUS
    if optimizer == "sgd":
        return f"step = {minus}rate · g", f"{minus}{rate} · {_text(g)}"
    if optimizer == "momentum":
        return f"step = {minus}rate · v", f"{minus}{rate} · {_text(of('slot_velocity_after'))}"
    if optimizer == "nesterov":
        v = f"{_plain(of('momentum'))} · {_text(of('slot_velocity_after'))}"
        return f"step = {minus}rate · (g + μ v)", f"{minus}{rate} · ({_text(g, True)} + {v})"
    epsilon = _tiny(of("epsilon"))
    if optimizer in ("adam", "adamw"):
        mean, square = of("corrected_mean"), of("corrected_mean_square")
        below = f"(√{_text(square)} + {epsilon})"
        formula = f"{minus}rate · m̂ / (√v̂ + ε)"
        worked = f"{minus}{rate} · {_text(mean)} / {below}"
        if optimizer == "adamw":
            decay = f"{rate} · {_plain(of('weight_decay'))} · {_text(of('theta_before'))}"
            formula, worked = f"{formula} − rate · λ · w", f"{worked} − {decay}"
        return f"step = {formula}", worked
    slot = "sum_of_squares" if optimizer == "adagrad" else "mean_square"
    square = of(f"slot_{slot}_after")
    worked = f"{minus}{rate} · {_text(g)} / (√{_text(square)} + {epsilon})"
    return f"step = {minus}rate · g / (√s + ε)", worked


def _running(beta: float, before: float, new: str) -> str:
    kept, taken = _plain(beta), _plain(1.0 - beta)
    return f"{kept} · {_text(before)} + {taken} · {new}"


def _text(value: float, first: bool = False) -> str:
    """A number in a formula; in brackets where its sign or its power would be misread."""
    written = numbers.short(value, _DIGITS)
    alone = first or (value >= 0.0 and "×" not in written)
    return written if alone else f"({written})"


def _square(value: float) -> str:
    written = numbers.short(value, _DIGITS)
    return f"{written}²" if value >= 0.0 and "×" not in written else f"({written})²"


def _plain(value: float) -> str:
    """A setting, with no more digits than it has."""
    written = f"{value:.6g}"
    return numbers.short(value, _DIGITS) if "e" in written else numbers.signed(written)


def _tiny(value: float) -> str:
    exponent = round(float(np.log10(value))) if value > 0.0 else 0
    return numbers.power(exponent) if np.isclose(value, 10.0**exponent) else _text(value)


class Chain(QWidget):
    """Links under each other: name, formula, the numbers in it, and the result.

    Rows are made once and kept; a shorter chain hides the rest.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = current()
        self._links: tuple[Link, ...] = ()
        self._rows: list[tuple[QLabel, FormulaView, FormulaView, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnStretch(1, 5)
        self._grid.setColumnStretch(2, 6)
        self._grid.setRowStretch(_LAST_ROW, 1)
        self.setAccessibleName("the step, link by link")

    def set_links(self, made: Sequence[Link]) -> None:
        """Show links."""
        while len(self._rows) < len(made):
            self._add_row()
        self._links = tuple(made)
        for row, widgets in enumerate(self._rows):
            for widget in widgets:
                widget.setVisible(row < len(made))
            if row < len(made):
                name, formula, worked, value = widgets
                link = made[row]
                name.setText(link.name)
                formula.set_text(link.formula)
                worked.set_text(link.worked)
                value.setText(f"= {numbers.short(link.value, _DIGITS)}")
                value.setToolTip(repr(link.value))
                value.setAccessibleName(f"{link.name} = {numbers.short(link.value, _DIGITS)}")
        self.setAccessibleDescription(self.describe())

    def describe(self) -> str:
        """Return the links as lines of text."""
        return "\n".join(
            f"{link.name}: {link.formula}: {link.worked}"
            f" = {numbers.short(link.value, _DIGITS)}"
            for link in self._links
        )  # fmt: skip

    def _add_row(self) -> None:
        row = len(self._rows)
        name, value = QLabel(), QLabel()
        formula, worked = FormulaView("formula"), FormulaView("formula with numbers")
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for view in (formula, worked):
            # The chain is read as one; each of its formulas would be a stop for the keyboard.
            view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        middle = Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(name, row, 0, middle)
        self._grid.addWidget(formula, row, 1)
        self._grid.addWidget(worked, row, 2)
        self._grid.addWidget(value, row, 3, middle)
        self._rows.append((name, formula, worked, value))
        self.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._theme = theme
        families = ", ".join(f'"{family}"' for family in font("mono").families())
        for name, formula, worked, value in self._rows:
            name.setStyleSheet(f"color: {theme.muted}; font-size: {font_px('small')}px;")
            formula.set_style(font_px("base"), theme.muted)
            worked.set_style(font_px("base"), theme.text)
            value.setStyleSheet(
                f"color: {theme.text}; font-weight: bold; font-family: {families};"
                f" font-size: {font_px('mono')}px;"
            )
