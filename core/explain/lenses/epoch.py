"""Stage 8: what the shuffle drew for the epoch, and what its batches cost so far."""

from __future__ import annotations

import numpy as np

from core.batches import BatchOrder, Cursor
from core.explain.case import ArrayTable, Case
from core.explain.epoch_so_far import batch_losses

__all__ = ["batch_losses", "epoch"]


def epoch(case: Case) -> ArrayTable:
    """The epoch of the turn: its order, its batches and their losses up to this turn.

    Returns
    -------
    dict
        ``rows``, ``source_rows``, ``classes`` (train,) in the order drawn, and ``batch`` (train,),
        the number of each one's batch from 0; ``place`` and ``done``, samples drawn before and
        after this batch; ``this_batch``, ``batches``; ``updates`` and ``losses`` (m,), see
        `batch_losses`.
    """
    record, dataset = case.record, case.problem.dataset
    rows, so_far = _order(case), case.context.epoch
    if so_far is None:
        starts = np.arange(0, len(rows), record.settings.optimizer.batch_size)
        updates, losses = np.array([record.turn]), np.array([record.loss])
    else:
        starts, updates, losses = so_far.starts, so_far.updates, so_far.losses
    batch = np.searchsorted(starts, np.arange(len(rows)), side="right") - 1
    return {
        "rows": rows,
        "source_rows": dataset.rows[rows],
        "classes": dataset.target[rows],
        "batch": batch,
        "place": np.asarray(record.place),
        "done": np.asarray(record.place + len(record.rows)),
        "this_batch": np.asarray(batch[record.place]),
        "batches": np.asarray(len(starts)),
        "updates": updates,
        "losses": losses,
    }


def _order(case: Case) -> np.ndarray:
    """The epoch's rows in the order in which they come."""
    record = case.record
    order = BatchOrder(case.problem.parts.train, record.settings.seed)
    shuffle = record.settings.optimizer.shuffle
    here = slice(record.place, record.place + len(record.rows))
    # The setting may have changed since the epoch's order was drawn; the batch knows.
    for shuffled in (shuffle, not shuffle):
        rows = order.of(Cursor(epoch=record.epoch, shuffled=shuffled))
        if np.array_equal(rows[here], record.rows):
            return rows.copy()
    raise AssertionError("the batch is not of its epoch")
