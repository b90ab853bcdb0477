"""How often what stands beside the boundary is shown anew while a run goes on."""

from __future__ import annotations

from time import perf_counter

from mlloop_gui.frames import Frame, RunState

#: Seconds between two showings: numbers that nobody could read faster, and costly pictures.
NUMBERS = 1 / 15
PICTURES = 1 / 9


class Pace:
    """Lets a frame through when the last one was long enough ago, or the run's state another.

    At rest every frame is shown.

    Parameters
    ----------
    seconds : float
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._shown = float("-inf")
        self._state: RunState | None = None

    def lets(self, frame: Frame) -> bool:
        """Whether to show this frame."""
        now = perf_counter()
        goes_on = frame.state is RunState.RUNNING is self._state
        if goes_on and now - self._shown < self.seconds:
            return False
        self._shown, self._state = now, frame.state
        return True
