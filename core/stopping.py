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
    """The condition that the loop's newest check or its counters meet, or None.

    Targets look at the validation part (at the training part where there is none); patience
    counts checks since the best validation loss. A look that is no check ends nothing.
    """
    if loop.last_check.update == loop.checks.last_update:
        found = _check_ending(loop)
        if found:
            return found
    if updates_left(loop) == 0:
        epochs = loop.settings.stop.epochs is not None
        number, what = (loop.epoch, "epoch") if epochs else (loop.update, "update")
        return Ending("finished", f"{number:,} {what}{'' if number == 1 else 's'} done")
    return None


def _check_ending(loop: LearningLoop) -> Ending | None:
    stop, check = loop.settings.stop, loop.last_check
    part, kind = check.validation, "validation"
    if not part.rows:
        part, kind = check.train, "train"
    if stop.target_loss is not None and part.loss <= stop.target_loss:
        return Ending("stopped", f"the {kind} loss {part.loss:.6g} reached {stop.target_loss:g}")
    if stop.target_metric is not None and part.headline >= stop.target_metric:
        return Ending(
            "stopped", f"the {kind} metric {part.headline:.6g} reached {stop.target_metric:g}"
        )
    if stop.patience is not None:
        losses = loop.checks.column(f"{kind}_loss")[1]
        since = len(losses) - 1 - int(np.nanargmin(losses)) if np.isfinite(losses).any() else 0
        since *= loop.checks.width
        if since >= stop.patience:
            return Ending(
                "stopped", f"no better {kind} loss for {since} checks (patience {stop.patience})"
            )
    return None
