"""When a run ends by itself: the [stop] table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.loop import LearningLoop


@dataclass(frozen=True)
class Ending:
    """How a run ended: ``"finished"`` (the count was reached) or ``"stopped"``, and why."""

    status: str
    reason: str


def updates_left(loop: LearningLoop) -> int | None:
    """Updates until the count of epochs or updates is reached; None where there is none."""
    stop = loop.settings.stop
    ends = []
    if stop.epochs is not None:
        ends.append(loop.epoch_end(stop.epochs))
    if stop.updates is not None:
        ends.append(stop.updates)
    return max(0, min(ends) - loop.update) if ends else None


def ending(loop: LearningLoop) -> Ending | None:
    """The condition that the check at this update or the loop's counters meet, or None.

    Targets look at the validation part (at the training part where there is none); patience
    counts checks since the best loss there. A look that is no check ends nothing, nor does a
    check that lies in the future of a loop that has gone back.
    """
    return _check_ending(loop) or _count_ending(loop)


def _count_ending(loop: LearningLoop) -> Ending | None:
    if updates_left(loop) != 0:
        return None
    most = loop.settings.stop.updates
    by_updates = most is not None and loop.update >= most
    number, what = (loop.update, "update") if by_updates else (loop.epoch, "epoch")
    return Ending("finished", f"{number:,} {what}{'' if number == 1 else 's'} done")


def _check_ending(loop: LearningLoop) -> Ending | None:
    stop = loop.settings.stop
    kind = "validation" if len(loop.problem.parts.validation) else "train"
    at, losses = loop.checks.column(f"{kind}_loss")
    metrics = loop.checks.column(f"{kind}_metric")[1]
    done = int(np.searchsorted(at, loop.update, side="right"))
    if not done or at[done - 1] != loop.update:
        return None
    loss, metric, losses = losses[done - 1], metrics[done - 1], losses[:done]
    if stop.target_loss is not None and loss <= stop.target_loss:
        return Ending("stopped", f"the {kind} loss {loss:.6g} reached {stop.target_loss:g}")
    if stop.target_metric is not None and metric >= stop.target_metric:
        return Ending("stopped", f"the {kind} metric {metric:.6g} reached {stop.target_metric:g}")
    if stop.patience is not None and not np.isnan(losses).all():
        since = (done - 1 - int(np.nanargmin(losses))) * loop.checks.width
        if since >= stop.patience:
            return Ending(
                "stopped", f"no better {kind} loss for {since} checks (patience {stop.patience})"
            )
    return None
