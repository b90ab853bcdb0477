"""Checkpoints under a memory budget: dense near the head, sparse behind."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from typing import Any

from core.batches import Cursor


def is_milestone(update: int) -> bool:
    """Whether an update is one of 0, 1, 3, 10, 30, 100, ..."""
    while update >= 10 and update % 10 == 0:
        update //= 10
    return update in (0, 1, 3)


def next_milestone(update: int) -> int:
    """The first milestone after an update."""
    step = 1
    while 3 * step <= update:
        step *= 10
    return step if update < step else 3 * step


def milestones(head: int) -> list[int]:
    """All milestones up to `head`."""
    found = [0]
    while (following := next_milestone(found[-1])) <= head:
        found.append(following)
    return found


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
    length. Those of milestones (0, 1, 3, 10, 30, 100, ...) stay as long as the budget lets them.

    Parameters
    ----------
    budget : int
        Bytes that all states together may take. Update 0 alone may exceed it.
    """

    INTERVAL = 128
    OVERHEAD = 512
    KEEP = 256

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
        offered = update % self.INTERVAL == 0 or is_milestone(update)
        return offered and update not in self._saved

    @staticmethod
    def next_offer(update: int) -> int:
        """The next update after this one at which a state is offered."""
        interval = Checkpoints.INTERVAL
        return min(update - update % interval + interval, next_milestone(update))

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep a state, and let older ones go that the budget has no room for."""
        update = checkpoint.update
        self._saved[update] = checkpoint
        insort(self._updates, update)
        self.nbytes += checkpoint.nbytes + self.OVERHEAD
        if update:
            self._thin(update, checkpoint.nbytes + self.OVERHEAD)

    def _thin(self, head: int, size: int) -> None:
        if head % self.INTERVAL == 0:
            levels = max(4, (head // self.INTERVAL).bit_length())
            keep = max(2, min(self.KEEP, self.budget // (size * levels)))
            # The one that falls out of its level's newest `keep`, if it is there.
            level = self._level(head)
            old = head - keep * (self.INTERVAL << (level + 1))
            if not is_milestone(old):
                self._drop(old)
        self._fit()

    def _fit(self) -> None:
        """Let states go until the budget holds: the densest first, milestones last."""
        while self.nbytes > self.budget and len(self._updates) > 1:
            self._drop(min(self._updates[1:], key=lambda u: (is_milestone(u), self._level(u), u)))

    def limit(self, budget: int) -> None:
        """Keep to another budget from now on."""
        self.budget = budget
        self._fit()

    def fork(self, update: int) -> Checkpoints:
        """The same saved states up to an update, for a run that goes another way from there."""
        other = Checkpoints(self.budget)
        for saved in self._updates[: bisect_right(self._updates, update)]:
            other._updates.append(saved)
            other._saved[saved] = self._saved[saved]
            other.nbytes += self._saved[saved].nbytes + self.OVERHEAD
        return other

    @property
    def saved(self) -> list[Checkpoint]:
        """All states, oldest first."""
        return [self._saved[update] for update in self._updates]

    def _drop(self, update: int) -> None:
        if update > 0 and update in self._saved:
            self.nbytes -= self._saved.pop(update).nbytes + self.OVERHEAD
            del self._updates[bisect_left(self._updates, update)]

    def nearest(self, update: int) -> Checkpoint:
        """The newest checkpoint at or before `update`."""
        return self._saved[self._updates[bisect_right(self._updates, update) - 1]]

    def drop_after(self, update: int) -> None:
        """Forget the states of a future that is no more."""
        for later in [u for u in self._updates if u > update]:
            self._drop(later)
