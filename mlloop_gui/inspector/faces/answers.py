"""Whether a typed product is right to the shown digits, and if not, what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10

from mlloop_gui.plots import numbers

DIGITS = 3
#: The least number of significant digits in which an answer must agree.
ENOUGH = 2


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer."""

    right: bool
    text: str


@dataclass(frozen=True)
class Blame:
    """What comes from above: δ of each unit above through its weight, and a sum of the others.

    Attributes
    ----------
    deltas, weights : tuple of float
    rest : float
        The products that are not listed, together.
    given : float or None
        The blame itself, of an output unit: it has no unit above it.
    """

    deltas: tuple[float, ...]
    weights: tuple[float, ...]
    rest: float = 0.0
    given: float | None = None

    @property
    def products(self) -> list[float]:
        return [d * w for d, w in zip(self.deltas, self.weights, strict=True)]

    @property
    def value(self) -> float:
        """The whole blame."""
        return self.given if self.given is not None else sum(self.products) + self.rest

    @property
    def doubt(self) -> float:
        """By how much it may be off when it is summed up from the digits shown."""
        if self.given is not None:
            return half_unit(self.given)
        pairs = zip(self.deltas, self.weights, strict=True)
        return half_unit(self.rest) + sum(doubt_of(d, w) for d, w in pairs)


def half_unit(value: float, digits: int = DIGITS) -> float:
    """Return half a unit of the last of ``digits`` significant digits of a number, 0 for 0."""
    if value == 0.0 or not isfinite(value):
        return 0.0
    return 0.5 * 10.0 ** (floor(log10(abs(value))) - digits + 1)


def doubt_of(first: float, second: float) -> float:
    """Return by how much a product of shown digits may differ from that of the numbers."""
    a, b = half_unit(first), half_unit(second)
    return abs(first) * b + abs(second) * a + a * b


def parse(text: str) -> float | None:
    """Return a typed number; a comma, a typographic minus and blanks are understood.

    Returns
    -------
    float or None
        None for what is no finite number.
    """
    plain = "".join(text.split()).replace(numbers.MINUS, "-").replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _near(answer: float, value: float, doubt: float) -> bool:
    return abs(answer - value) <= doubt + half_unit(value, ENOUGH) + 1e-12


def judge_delta(answer: float, blame: Blame, slope: float, vote: float) -> Verdict:
    """Judge ``blame · slope`` as it was typed.

    Parameters
    ----------
    answer : float
    blame : Blame
    slope : float
        The unit's own; 1 for an output.
    vote : float
        The sample's weight in the batch's mean, which must not be in it.
    """
    whole, about = blame.value, blame.doubt
    exact = whole * slope
    doubt = abs(slope) * about + abs(whole) * half_unit(slope) + about * half_unit(slope)
    if _near(answer, exact, doubt):
        return Verdict(True, f"Right: δ = {numbers.short(exact)}.")
    through = zip(blame.deltas, blame.products, strict=True)
    single = [] if len(blame.deltas) + (blame.rest != 0.0) < 2 else list(through)
    known: list[tuple[float, str]] = [
        (-exact, "Right but for its sign: minus times minus is plus."),
        (whole, "That is the blame. The unit's own slope is still missing."),
        (-whole, "That is the blame, its sign turned, and the slope is missing."),
        *(
            (p * slope, "That is the part of one unit above. Sum over all of them.")
            for _, p in single
        ),
        *((p, "One product only, and without the slope. Sum them all first.") for _, p in single),
        (sum(blame.deltas) * slope, "Each δ from above comes through its weight: multiply first."),
        (exact * vote, "Leave the vote out: δ is of the sample's own loss."),
    ]
    return _first(answer, known, "Not yet. Sum δ · weight over the units above, then times slope.")


def judge_gradient(
    answer: float, delta: float, given: float, blame: float, vote: float, off: float = 0.0
) -> Verdict:
    """Judge ``delta · given``, the gradient of one weight, as it was typed.

    Parameters
    ----------
    answer : float
    delta : float
    given : float
        What comes through the weight.
    blame : float
        δ before its slope.
    vote : float
    off : float
        By how much the δ that was typed, and called right, differs.
    """
    exact = delta * given
    if _near(answer, exact, doubt_of(delta, given) + abs(given * off)):
        return Verdict(True, f"Right: the gradient is {numbers.short(exact)}.")
    known: list[tuple[float, str]] = [
        (-exact, "Right but for its sign: minus times minus is plus."),
        (blame * given, "That is blame · input: take δ, in which the slope is."),
        (delta, "That is δ. Its input is still missing."),
        (given, "That is the input. δ is still missing."),
        (exact * vote, "Leave the vote out: the mean is taken afterwards."),
        (delta + given, "That is a sum: multiply the two."),
    ]
    return _first(answer, known, "Not yet. The gradient of a weight is δ · its input.")


def _first(answer: float, known: Sequence[tuple[float, str]], otherwise: str) -> Verdict:
    """Name the first mistake that leads to this answer; what leads to 0 tells nothing."""
    for value, text in known:
        if value and isfinite(value) and _near(answer, value, 0.01 * abs(value)):
            return Verdict(False, text)
    return Verdict(False, otherwise)
