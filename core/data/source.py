"""What a data source is: a registered part that can load a `Dataset`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from core.data.dataset import Dataset, suggested_loss
from core.errors import InputError

Progress = Callable[[float], None]
# As the builtin `map`: a function's results, in order; in threads, perhaps, and some ahead.
Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


def within(progress: Progress | None, low: float, high: float) -> Progress | None:
    """A progress of its own for a part of the work, which takes the share from `low` to `high`."""
    if progress is None:
        return None
    told = progress
    return lambda share: told(low + (high - low) * share)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A place that data comes from.

    Parameters
    ----------
    name, label, explanation, formula : str
        As for every registered part; the explanation says what is predicted from what.
    basic : bool
        Whether a beginner's menu shows it at once.
    generated : bool
        Whether samples are drawn (so that ``samples`` and ``noise`` apply).
    task : str or None
        ``"classification"``, ``"regression"``, or None where the data decides.
    noise : float or None
        Default noise of a generator, in units of its half width.
    inputs : tuple of str
        Column names, where known before loading.
    classes : int
        Number of classes by default; 0 for regression or where the data decides.
    option : str or None
        The data setting that chooses the number of classes: ``"classes"`` or ``"arms"``.
    option_bounds : tuple of (int, int)
        Lowest and highest value of that setting.
    suggested : mapping of str to value
        Settings (dotted paths) with which the source is learned well.
    """

    name: str
    label: str
    explanation: str
    formula: str = ""
    basic: bool = False
    generated: bool = False
    task: str | None = None
    noise: float | None = None
    inputs: tuple[str, ...] = ()
    classes: int = 0
    option: str | None = None
    option_bounds: tuple[int, int] = (0, 0)
    suggested: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "suggested", MappingProxyType(dict(self.suggested)))

    @property
    def loss(self) -> str:
        """Name of the suggested loss, with the default number of classes."""
        return self.suggested_loss()

    def suggested_loss(self, classes: int | None = None) -> str:
        """Name of the suggested loss for so many classes (None: the source's default)."""
        return suggested_loss(self.task or "classification", classes or self.classes)

    def class_count(self, settings: object) -> int:
        """Number of classes that the data settings ask for; 0 for regression."""
        given = getattr(settings, self.option, None) if self.option else None
        if given is None:
            return self.classes
        low, high = self.option_bounds
        if not low <= given <= high:
            raise InputError(
                f"out of range for {self.name}",
                field=f"data.{self.option}",
                value=given,
                allowed=f"{low} to {high}",
            )
        return int(given)

    def load(
        self,
        settings: Any,
        seed: int,
        resolve: Callable[[str], Any] = str,
        progress: Progress | None = None,
        each: Each = map,
    ) -> Dataset:
        """Load or draw the samples, labels not yet flipped.

        Parameters
        ----------
        settings : DataSettings
            The experiment's data table.
        seed : int
            The data seed.
        resolve : callable
            Turns a path as written into one that can be opened.
        progress : callable, optional
            Called with the share done, in [0, 1]; may raise to cancel.
        each : callable, optional
            What can be done several times at once is done by it.
        """
        raise NotImplementedError
