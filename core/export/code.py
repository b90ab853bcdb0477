"""A script's preprocessing while it is being written: columns, names, functions, statements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.data.dataset import Column, Dataset
from core.export.literals import Arrays, listed

TAKEN = {"COLUMNS", "NUMBERS", "MISSING", "CLASSES", "PACKED", "table"}


class Code:
    """What the writers of pieces have asked for so far.

    Parameters
    ----------
    dataset : Dataset
        Whose columns the pieces speak of.

    Attributes
    ----------
    arrays : Arrays
        What the script needs of numbers.
    statements : list of str
        Of the function that makes the features, each on a line of its own.
    modules : set of str
        What has to be imported.
    warns : bool
        Whether numpy would warn of numbers that are not finite; they are replaced then.
    values, features : dict of int to str
        What has been written already, by the id of the piece: it is not written twice.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.arrays = Arrays()
        self.statements: list[str] = []
        self.modules: set[str] = set()
        self.warns = False
        self.values: dict[int, str] = {}
        self.features: dict[int, str] = {}
        self._dataset = dataset
        self._used: set[int] = set()
        self._helpers: dict[str, None] = {}
        self._constants: dict[str, str | tuple[int, ...]] = {}
        self._names = set(TAKEN)

    def column(self, place: int) -> str:
        """The name of a column, as source; it is one of those that the script wants."""
        self._used.add(place)
        return repr(self._dataset.columns[place].name)

    def columns(self, places: Sequence[int]) -> str:
        """The names of some columns as a list, as source; they are wanted too."""
        self._used.update(places)
        name = self._free("INPUTS")
        self._constants[name] = tuple(places)
        return name

    def categories(self, place: int) -> tuple[str, ...]:
        """What the codes of a column stand for."""
        return self._dataset.columns[place].categories

    def array(self, name: str, values: np.ndarray) -> str:
        """Hold an array under a name like `name` that is still free; returns that name."""
        return self.arrays.add(self._free(name), values)

    def constant(self, name: str, text: str) -> str:
        """Define a name like `name` that is still free as `text`, source; returns that name."""
        free = self._free(name)
        self._constants[free] = text
        return free

    def local(self, name: str, text: str) -> str:
        """The same in the function that makes the features."""
        free = self._free(name)
        self.statements.append(f"{free} = {text}")
        return free

    def helper(self, source: str) -> None:
        """Have a function in the script, once."""
        self._helpers[source.strip()] = None

    def _free(self, name: str) -> str:
        free, count = name, 2
        while free in self._names:
            free, count = f"{name}_{count}", count + 1
        self._names.add(free)
        return free

    def wanted(self) -> tuple[Column, ...]:
        """The columns that the script wants, in the data set's order."""
        return tuple(self._dataset.columns[place] for place in sorted(self._used))

    def helpers(self) -> list[str]:
        """The functions that the writers asked for."""
        return list(self._helpers)

    def constants(self) -> list[str]:
        """Lines that define what the functions refer to, once all writers are done."""
        found = []
        for name, text in self._constants.items():
            if not isinstance(text, str):
                every = text == tuple(sorted(self._used))
                names = [self._dataset.columns[place].name for place in text]
                text = "list(COLUMNS)" if every else listed(names)
            found.append(f"{name} = {text}")
        return [*found, *self.arrays.written()]
