"""Checkpoints under a memory budget: dense near the head, sparse behind."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import Any

from core.batches import Cursor


@dataclass(frozen=True)
class Checkpoint:
    """A learner's opaque state at the end of an update, and the loop's own counters."""

    update: int
    cursor: Cursor
    state: Any
    nbytes: int


class Checkpoints:
    """Saved states by update, from which any update is reached by replay.

    A state is offered every `INTERVAL` updates. Its level is how often its number can be halved;
    of each level only the newest `keep` stay, so that the distance between checkpoints grows in
    proportion to the distance from the head, and their number with the logarithm of the run's
    length. Update 0 always stays.

    Parameters
    ----------
    budget : int
        Bytes that all states together may take. Update 0 alone may exceed it.
    """

    INTERVAL = 64
    OVERHEAD = 512

    def __init__(self, budget: int = 256 * 2**20) -> None:
        self.budget = budget
        self.nbytes = 0
        self._updates: list[int] = []
        self._saved: dict[int, Checkpoint] = {}

    def __len__(self) -> int:
        return len(self._updates)

    @staticmethod
    def _level(update: int) -> int:
        steps = update // Checkpoints.INTERVAL
        return (steps & -steps).bit_length() - 1

    def wants(self, update: int) -> bool:
        """Whether a state at this update would be kept."""
        return update % self.INTERVAL == 0 and update not in self._saved

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep a state, and let older ones go that the budget has no room for."""
        update = checkpoint.update
        self._saved[update] = checkpoint
        insort(self._updates, update)
        self.nbytes += checkpoint.nbytes + self.OVERHEAD
        if update:
            self._thin(update, checkpoint.nbytes + self.OVERHEAD)

    def _thin(self, head: int, size: int) -> None:
        levels = max(4, (head // self.INTERVAL).bit_length())
        keep = max(2, min(64, self.budget // (size * levels)))
        # The one that falls out of its level's newest `keep`, if it is there.
        level = self._level(head)
        self._drop(head - keep * (self.INTERVAL << (level + 1)))
        while self.nbytes > self.budget and len(self._updates) > 1:
            self._drop(min(self._updates[1:], key=lambda u: (self._level(u), u)))

    def _drop(self, update: int) -> None:
        if update > 0 and update in self._saved:
            self.nbytes -= self._saved.pop(update).nbytes + self.OVERHEAD
            self._updates.remove(update)

    def nearest(self, update: int) -> Checkpoint:
        """The newest checkpoint at or before `update`."""
        return self._saved[self._updates[bisect_right(self._updates, update) - 1]]

    def drop_after(self, update: int) -> None:
        """Forget the states of a future that is no more."""
        for later in [u for u in self._updates if u > update]:
            self._drop(later)
