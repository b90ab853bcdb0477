"""Where the epochs of a run end, counted in updates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class _Stretch:
    """From `update` on, `done` epochs lie behind, the next ends `first` later, then each `size`."""

    update: int
    done: int
    first: int
    size: int


@dataclass(frozen=True)
class EpochGrid:
    """The ends of all epochs, as long as batches keep their size and where they change it.

    The cursor counts samples, so a new batch size cuts what is left of an epoch anew; the last
    batch of an epoch may be smaller.
    """

    stretches: tuple[_Stretch, ...]

    @staticmethod
    def of(rows: int, batch_size: int, changes: Iterable[tuple[int, int]] = ()) -> EpochGrid:
        """Return the grid of a run.

        Parameters
        ----------
        rows : int
            Samples of an epoch.
        batch_size : int
            At update 0.
        changes : iterable of (int, int)
            (update, new batch size), in order; each holds from the turn after its update.
        """
        rows = max(rows, 1)
        update = done = seen = 0
        made = [_stretch(0, 0, 0, rows, batch_size)]
        for at, size in changes:
            last = made[-1]
            gone = at - update
            if gone < last.first:
                seen += gone * batch_size
            else:
                done += 1 + (gone - last.first) // last.size
                seen = (gone - last.first) % last.size * batch_size
            update, batch_size = at, size
            made.append(_stretch(update, done, seen, rows, batch_size))
        return EpochGrid(tuple(made))

    def done(self, update: int) -> int:
        """Return how many epochs have ended by an update."""
        found = next(each for each in reversed(self.stretches) if each.update <= max(update, 0))
        gone = max(update, 0) - found.update
        return found.done + (0 if gone < found.first else 1 + (gone - found.first) // found.size)

    def end(self, epoch: int) -> int:
        """Return the update with which epoch 1, 2, ... ends; 0 for epoch 0."""
        if epoch < 1:
            return 0
        found = next(each for each in reversed(self.stretches) if each.done < epoch)
        return found.update + found.first + (epoch - found.done - 1) * found.size

    def step(self, update: int, direction: int) -> int:
        """Return the epoch's end next to an update, later (1) or earlier (-1)."""
        done = self.done(update)
        if direction > 0:
            return self.end(done + 1)
        return self.end(done - 1 if self.end(done) == update else done)


def _stretch(update: int, done: int, seen: int, rows: int, batch_size: int) -> _Stretch:
    return _Stretch(update, done, -(-(rows - seen) // batch_size), -(-rows // batch_size))
