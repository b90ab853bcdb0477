"""Numbers as text in sentences: the same digits, minus and percent sign everywhere."""

from __future__ import annotations

import math
from collections.abc import Iterable

MINUS = "−"
THIN_SPACE = "\u202f"
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number(value: float, digits: int = 3) -> str:
    """A number rounded to `digits` significant digits: 0.0831, −12.4, 1 025, 3.10 × 10⁻⁷.

    Whole numbers below 10,000,000 keep all their digits.
    """
    value = float(value)
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"
    if value == 0.0:
        return "0"
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    exponent = int(power)
    if exponent < -4 or exponent >= 7:
        return f"{_signed(mantissa)} × 10{str(exponent).translate(_SUPERSCRIPTS)}"
    if value.is_integer():
        return count(int(value))
    return _signed(f"{value:,.{max(digits - 1 - exponent, 0)}f}")


def setting(value: float) -> str:
    """A number that a person chose, as short as it was written: 0.3, 1e-07 as 1 × 10⁻⁷."""
    mantissa, _, power = f"{value:.10g}".partition("e")
    exponent = f" × 10{str(int(power)).translate(_SUPERSCRIPTS)}" if power else ""
    return mantissa.replace("-", MINUS) + exponent


def full(value: float) -> str:
    """A number with the ten digits that a small difference needs."""
    return number(value, 10)


def factor(value: float) -> str:
    """A number as it stands in a product or sum: in brackets when it is negative."""
    text = number(value)
    return f"({text})" if text.startswith(MINUS) else text


def change(value: float) -> str:
    """A number with its sign, as a change is told."""
    text = number(value)
    return text if value < 0 or text == "0" or math.isnan(value) else f"+{text}"


def percent(share: float) -> str:
    """A share as a percentage; only what is exactly so reads as 0 % or 100 %."""
    if not math.isfinite(share):
        return number(share)
    text = f"{100 * share:.1f}"
    if share not in (0.0, 1.0) and text in ("0.0", "-0.0", "100.0"):
        text = f"{100 * share:.2g}" if abs(share) < 0.5 else f"{100 * share:.6g}"
        if abs(share) < 1e-6:
            return "nearly 0 %"
        if text == "100":
            return "nearly 100 %"
    return f"{_signed(text.removesuffix('.0'))} %"


def count(value: int) -> str:
    """A whole number with its thousands apart."""
    return _signed(f"{value:,}")


def plural(value: int, noun: str) -> str:
    """``1 batch``, ``2 batches``."""
    if value == 1:
        return f"1 {noun}"
    return f"{count(value)} {noun}{'es' if noun.endswith(('s', 'ch')) else 's'}"


def listing(texts: Iterable[str], most: int = 4) -> str:
    """Some texts with commas; of many the first `most` and how many more there are."""
    items = list(texts)
    if len(items) <= most + 1:
        return ", ".join(items)
    return f"{', '.join(items[:most])} and {count(len(items) - most)} more"


def begin(text: str) -> str:
    """A text with its first letter made large, all others as they are."""
    return text[:1].upper() + text[1:]


def ordinal(value: int) -> str:
    """``1st``, ``2nd``, ``11th``."""
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10)
    return f"{count(value)}{ending or 'th'}"


def _signed(text: str) -> str:
    return text.replace("-", MINUS).replace(",", THIN_SPACE)
