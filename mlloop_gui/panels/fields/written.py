"""Numbers as a person reads and types them: short, and never rounded."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import InputError
from core.experiment import Field
from mlloop_gui.plots import numbers


def format_number(value: float) -> str:
    """The shortest text that reads back as exactly `value`: ``0.3``, ``1e-05``, ``2``."""
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e16):
        return str(int(value))
    return repr(float(value))


def parse_number(text: str, field: Field) -> float:
    """The number in `text`; a comma may stand for the decimal point.

    Raises
    ------
    InputError
        Where it is none, or outside the field's bounds.
    """
    try:
        value = numbers.read(text)
    except ValueError as error:
        problem = str(error) if "finite" in str(error) else "not a number"
        raise InputError(problem, value=text, allowed=field.allowed) from None
    return check_bounds(value, field)


def parse_integer(text: str, field: Field) -> int:
    """The whole number in `text`, which may be written ``1e3`` or ``1 000``.

    Raises
    ------
    InputError
        Where it is none, or outside the field's bounds.
    """
    try:
        return int(check_bounds(int(numbers.plain(text)), field))
    except ValueError as error:
        if isinstance(error, InputError):
            raise
    value = parse_number(text, field)
    if not value.is_integer():
        raise InputError("not a whole number", value=text, allowed=field.allowed)
    return int(value)


def check_bounds(value: float, field: Field) -> float:
    """`value`, if it lies within the field's bounds; else raises `InputError`."""
    low, high = field.low, field.high
    below = low is not None and (value <= low if field.low_open else value < low)
    above = high is not None and (value >= high if field.high_open else value > high)
    if below or above:
        raise InputError("out of range", value=value, allowed=field.allowed)
    return value


def format_list(values: Sequence[float]) -> str:
    """``[1, 2.5]`` as ``1, 2.5``."""
    return ", ".join(format_number(value) for value in values)


def parse_list(text: str, field: Field) -> list[float]:
    """The numbers in `text`, separated by commas, semicolons or spaces.

    Raises
    ------
    InputError
        Where one of them is no number or out of bounds.
    """
    items = text.replace(";", " ").replace(",", " ").split()
    return [parse_number(item, field) for item in items]
