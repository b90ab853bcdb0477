"""How fine the maps of a running loop are: coarser before frames come late. Knows no clock."""

from __future__ import annotations

#: Cells a side, as a share of the finest, from fine to coarse.
SHARES = (1.0, 0.7, 0.5, 0.35)
#: Seconds from a frame's beginning to its being painted: too many, and so few that finer maps,
#: of twice the cells, would still be in time.
SLOW, QUICK = 0.025, 0.011
#: How many such frames in a row change anything: soon coarser, late finer.
SLOW_FRAMES, QUICK_FRAMES = 5, 120


class Fineness:
    """Follows what frames take, in steps that are far enough apart not to swing.

    Attributes
    ----------
    share : float
        One of `SHARES`, for the next frame of a run that goes on; at rest maps are at their finest.
    """

    def __init__(self) -> None:
        self._step = self._slow = self._quick = 0

    @property
    def share(self) -> float:
        return SHARES[self._step]

    def took(self, seconds: float) -> None:
        """Learn what a frame has taken from its beginning until it was painted."""
        self._slow = self._slow + 1 if seconds > SLOW else 0
        self._quick = self._quick + 1 if seconds < QUICK else 0
        if self._slow == SLOW_FRAMES:
            self._step = min(self._step + 1, len(SHARES) - 1)
        elif self._quick == QUICK_FRAMES:
            self._step = max(self._step - 1, 0)
        else:
            return
        self._slow = self._quick = 0
