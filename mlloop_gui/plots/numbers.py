"""Numbers as short text, and the ticks of an axis: one way of writing them for every plot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

MINUS = "\u2212"
THIN_SPACE = "\u202f"
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_SPACES = str.maketrans("", "", " \u00a0\u2009\u202f'_")
_SIGNS = str.maketrans({"\u2212": "-", "\u00d7": "x"})
_NOT_FINITE = {"nan": "not a number", "inf": "∞", "-inf": f"{MINUS}∞"}


def signed(text: str) -> str:
    """Return ``text`` with a typographic minus in place of each hyphen."""
    return text.replace("-", MINUS)


def change(value: float, digits: int = 3) -> str:
    """Return ``value`` as `short` writes it, with its sign: +0.0831."""
    text = short(value, digits)
    return f"+{text}" if value > 0.0 else text


def plain(text: str) -> str:
    """Return a number as a person types or copies it in the signs that Python reads."""
    return text.translate(_SIGNS).translate(_SPACES)


def read(text: str) -> float:
    """Return the number in ``text``; a comma may stand for the decimal point.

    Raises
    ------
    ValueError
        Where it is none, or not a finite one.
    """
    written = plain(text)
    if written.count(",") == 1 and "." not in written:
        written = written.replace(",", ".")
    value = float(written)
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def fixed(value: float, decimals: int) -> str:
    """Return ``value`` with exactly ``decimals`` decimals; not-finite values in short words."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else _NOT_FINITE[str(float(value))]
    return signed(f"{value:.{decimals}f}")


def short(value: float, digits: int = 3) -> str:
    """Return ``value`` with ``digits`` significant digits: 0.0831, 12.4, 1 025, 3.1 × 10⁻⁷."""
    value = float(value)
    if not math.isfinite(value):
        return _NOT_FINITE[str(value)]
    if value == 0.0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if exponent < -4 or exponent >= 7:
        mantissa = value / 10.0**exponent
        return f"{signed(f'{mantissa:.{max(digits - 2, 0)}f}')} × {power(exponent)}"
    decimals = max(digits - 1 - exponent, 0)
    return signed(f"{value:,.{decimals}f}".replace(",", THIN_SPACE))


def count(value: int) -> str:
    """Return a whole number with its thousands apart: 1 025."""
    return signed(f"{int(value):,}".replace(",", THIN_SPACE))


def place(value: float) -> str:
    """Return a position: a count where it is whole, else three significant digits."""
    value = float(value)
    return count(int(value)) if value.is_integer() and abs(value) < 1e15 else short(value)


def percent(share: float, decimals: int = 1) -> str:
    """Return a share from 0 to 1 as a percentage."""
    if not math.isfinite(share):
        return _NOT_FINITE[str(float(share))]
    return f"{fixed(100.0 * share, decimals)}{THIN_SPACE}%"


def power(exponent: int) -> str:
    """Return ten to a whole power, written with superscripts: 10⁻³."""
    return "10" + str(int(exponent)).translate(_SUPERSCRIPTS)


def nice_step(span: float, parts: int) -> float:
    """Return the 1, 2, 2.5 or 5 times a power of ten that cuts ``span`` into at most ``parts``."""
    if not (span > 0.0 and math.isfinite(span)):
        return 1.0
    raw = span / max(parts, 1)
    unit = 10.0 ** math.floor(math.log10(raw))
    for factor in (1.0, 2.0, 2.5, 5.0):
        if factor * unit >= raw * (1.0 - 1e-9):
            return factor * unit
    return 10.0 * unit


def ticks(low: float, high: float, parts: int) -> tuple[float, list[float]]:
    """Return the step and the round values between ``low`` and ``high``, at most ``parts + 1``."""
    step = nice_step(high - low, parts)
    first = math.ceil(low / step - 1e-6)
    last = math.floor(high / step + 1e-6)
    return step, [index * step for index in range(first, last + 1)]


def tick_texts(values: Iterable[float], step: float, scale: float = 1.0) -> list[str]:
    """Return the texts of ticks ``step`` apart, with just the decimals that tell them apart."""
    step = abs(step * scale) or 1.0
    exponent = math.floor(math.log10(step) + 1e-9)
    if exponent < -5 or exponent > 8:
        return [short(value * scale, 2) for value in values]
    quarter = abs(step / 10.0**exponent - 2.5) < 1e-6
    decimals = max(-exponent + quarter, 0)
    texts = []
    for value in values:
        text = f"{value * scale:,.{decimals}f}".replace(",", THIN_SPACE)
        texts.append("0" if not text.strip("-0.") else signed(text))
    return texts


def log_ticks(low: float, high: float, parts: int) -> list[float]:
    """Return exponents for ticks between two exponents: whole decades, or 1-2-5 within a few."""
    decades = range(math.ceil(low - 1e-6), math.floor(high + 1e-6) + 1)
    if len(decades) >= 2 or high - low > 2.0:
        stride = max(1, math.ceil(len(decades) / max(parts, 1)))
        return [float(at) for at in decades if at % stride == 0]
    mantissas = [math.log10(factor) for factor in (1.0, 2.0, 5.0)]
    begin = math.floor(low) - 1
    every = [at + part for at in range(begin, math.ceil(high) + 1) for part in mantissas]
    return [at for at in every if low - 1e-6 <= at <= high + 1e-6]


def log_tick_texts(exponents: Sequence[float]) -> list[str]:
    """Return the texts of ticks given as exponents of ten: 10⁻³, 1, 100."""
    texts = []
    for at in exponents:
        whole = abs(at - round(at)) < 1e-9
        if whole and not -2 <= round(at) <= 2:
            texts.append(power(round(at)))
        else:
            texts.append(short(10.0**at, 1))
    return texts
