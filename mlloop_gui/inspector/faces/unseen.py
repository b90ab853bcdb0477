"""What the faces of stage 9 say of the samples they look at, and of tasks they do not fit."""

from __future__ import annotations

from mlloop_gui.inspector.faces.base import Arrays
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers

_NO_CLASSES = (
    "This model predicts a number: it has no classes, so there is no {}. Look at “Residuals”"
    " instead, or choose data with classes, such as “circle” or “iris”."
)
_NO_NUMBERS = (
    "This model tells classes apart: it has no residuals, a guess is right or wrong. Look at"
    " “Classes” instead, or choose data with a number to predict, such as “diabetes” or “sine”."
)


def no_classes(moment: Moment, what: str) -> str:
    """Return why there is no such thing as ``what`` for numbers; empty for classes."""
    return "" if moment.problem.classes else _NO_CLASSES.format(what)


def no_numbers(moment: Moment) -> str:
    """Return why there are no residuals for classes; empty for numbers."""
    return _NO_NUMBERS if moment.problem.classes else ""


def looked_at(arrays: Arrays) -> str:
    """Return how many samples of which part are looked at."""
    looked, size = int(arrays["looked"]), int(arrays["size"])
    part = "validation samples" if bool(arrays["validation"]) else "training samples"
    said = f"{numbers.count(looked)} {part}"
    if looked < size:
        said += f" (a fixed choice of {numbers.count(size)})"
    broken = int(arrays.get("broken", 0))
    return said + (f"; {numbers.count(broken)} have no finite score" if broken else "")
