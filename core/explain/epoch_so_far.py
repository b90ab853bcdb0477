"""What the loop's history knows of the epoch that a turn belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.loop import LearningLoop
from core.record import TurnRecord, frozen


@dataclass(frozen=True, eq=False)
class EpochSoFar:
    """An epoch's batches.

    Attributes
    ----------
    starts : ndarray of int, shape (batches,)
        How many samples of the epoch come before each batch, live changes of the size included.
    updates, losses : ndarray of shape (m,)
        See `batch_losses`.
    """

    starts: np.ndarray
    updates: np.ndarray
    losses: np.ndarray

    @classmethod
    def of(cls, loop: LearningLoop, record: TurnRecord) -> EpochSoFar:
        updates, losses = batch_losses(loop, record)
        return cls(frozen(_starts(loop, record)), frozen(updates), frozen(losses))


def batch_losses(
    loop: LearningLoop, record: TurnRecord | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Updates (m,) and batch losses (m,) of a turn's epoch, up to that turn.

    Where a long history has merged neighbours, only the last of each bucket is there.

    Parameters
    ----------
    record : TurnRecord, optional
        By default the loop's present epoch, up to the loop's update.
    """
    epoch, until = (loop.epoch, loop.update) if record is None else (record.epoch, record.turn)
    updates, losses = loop.updates.column("batch_loss")
    first = np.searchsorted(updates, loop.epoch_end(epoch), side="right")
    last = np.searchsorted(updates, until, side="right")
    return updates[first:last], losses[first:last]


def _starts(loop: LearningLoop, record: TurnRecord) -> np.ndarray:
    """Where each batch of the record's epoch begins."""
    update, place, found = loop.epoch_end(record.epoch), 0, []
    size, events = loop.experiment.optimizer.batch_size, []
    for event in loop.experiment.change:
        if event.field == "optimizer.batch_size" and event.update <= update:
            size = event.value
        elif event.field == "optimizer.batch_size":
            events.append((event.update, event.value))
    for at, new_size in (*events, (None, size)):
        left = -(-(record.size - place) // size)
        if at is not None:
            left = min(left, at - update)
        found.append(place + size * np.arange(left))
        update, place, size = update + left, place + left * size, new_size
        if place >= record.size:
            break
    return np.concatenate(found)
