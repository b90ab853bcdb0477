"""The loss over a plane as a filled contour map, with the way of the run on it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.keys import keeps
from mlloop_gui.plots.landscape_painting import LandscapePainting
from mlloop_gui.plots.loss_map import LossMap

_STEPS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, -1), Qt.Key.Key_Up: (0, 1),
}  # fmt: skip
#: How near, in pixels, the cursor must be to a place of the run to read it out.
REACH = 7.0


class LandscapePicture(LandscapePainting):
    """Level lines and bands of colour, a scale with numbers, the run's way, the present place.

    The cursor, or the arrow keys, read out the loss at a place.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Landscape of the loss")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What is shown

    def set_map(self, shown: LossMap | None) -> None:
        """Show losses; None shows nothing."""
        self._take(shown)
        self.refresh()

    def loss_map(self) -> LossMap | None:
        """Return what is shown."""
        return self._map

    def set_state(self, head: str, detail: str, pale: bool, note: str = "") -> None:
        """Set what stands above and whether the picture is of the past.

        Parameters
        ----------
        head, detail : str
            The bold and the muted words above the picture.
        pale : bool
        note : str
            What to say where there is no picture.
        """
        state = (head, detail, pale, note)
        if state != (self._head, self._detail, self._pale, self._note):
            self._head, self._detail, self._pale, self._note = state
            self.refresh()

    def head(self) -> str:
        """Return the words above the picture."""
        return f"{self._head} {self._detail}".strip()

    @property
    def pale(self) -> bool:
        return self._pale

    # Words

    def describe(self) -> str:
        """Return the picture in words."""
        shown = self._map
        if shown is None:
            return self._note or "Nothing has been drawn yet."
        (x0, x1), (y0, y1) = self._ends(shown.x), self._ends(shown.y)
        said = (
            f"{self.head()}. Across: {shown.names[0]}, {x0} to {x1}."
            f" Up: {shown.names[1]}, {y0} to {y1}."
        )
        finite = shown.losses[np.isfinite(shown.losses)]
        if finite.size:
            low, high = (numbers.short(float(end)) for end in (finite.min(), finite.max()))
            said += f" The loss goes from {low} to {high}; here it is {self._here_text()}."
        if finite.size < shown.losses.size:
            said += f" At {shown.losses.size - finite.size} places it is not finite (hatched)."
        if len(shown.updates) > 1:
            first, last = (numbers.count(int(shown.updates[k])) for k in (0, -1))
            said += f" The run's way is drawn from update {first} to {last}."
        return said

    def _here_text(self) -> str:
        return numbers.short(self._map.here[2]) if self._map else ""

    @staticmethod
    def _ends(axis: NDArray[np.floating]) -> tuple[str, str]:
        return numbers.short(float(axis[0])), numbers.short(float(axis[-1]))

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return every place with its loss, then the run's way."""
        shown = self._map
        if shown is None:
            return ["loss"], [[]]
        x, y = np.meshgrid(shown.x, shown.y)
        one, two = shown.names
        headers = [one, two, "loss", "update", f"way: {one}", f"way: {two}"]
        columns: list[Any] = [x.ravel(), y.ravel(), shown.losses.ravel(), shown.updates]
        return headers, [*columns, shown.places[:, 0], shown.places[:, 1]]

    def tip(self, at: QPointF) -> str:
        """Return the words above the picture in full, which may not have room."""
        return self.head() if at.y() < self.plot_rect().top() else ""

    def readout(self) -> str:
        """Return what is read out at the cross, or an empty text."""
        shown = self._map
        if shown is None or self._cross is None:
            return ""
        x, y = self._cross
        place = f"{_word(shown.names[0])} {numbers.short(x)}, {_word(shown.names[1])} "
        said = f"{place}{numbers.short(y)}: loss {numbers.short(shown.at(x, y))}"
        near = self._nearest(self.to_pixel(x, y))
        return said if near is None else f"update {numbers.count(near)}, {said}"

    def _nearest(self, at: QPointF) -> int | None:
        """The update of the run's place within reach of a pixel; None if there is none."""
        shown = self._map
        if shown is None or not len(shown.places):
            return None
        pixels = self._pixels(shown.places) - (at.x(), at.y())
        distance = np.hypot(pixels[:, 0], pixels[:, 1])
        distance[np.isnan(distance)] = np.inf
        best = int(np.argmin(distance))
        return int(shown.updates[best]) if distance[best] <= REACH else None

    # Mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is under the cursor."""
        area, at = self.plot_rect(), event.position()
        if self._map is None or not area.contains(at):
            self._set_cross(None)
            return
        x, y = self._map.x, self._map.y
        across = (at.x() - area.left()) / area.width()
        up = (area.bottom() - at.y()) / area.height()
        self._set_cross((float(x[0] + across * (x[-1] - x[0])), float(y[0] + up * (y[-1] - y[0]))))

    def leaveEvent(self, event: QEvent) -> None:
        """Take the read-out away."""
        self._set_cross(None)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the read-out of the arrow keys away."""
        self._set_cross(None)
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys, which are the window's shortcuts elsewhere."""
        return keeps(event, _STEPS) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cross with the arrow keys, from the present place; Escape takes it away."""
        step = _STEPS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self._cross is not None:
            self._set_cross(None)
        elif step is None or self._map is None:
            super().keyPressEvent(event)
        else:
            x, y = self._map.x, self._map.y
            now = self._cross or self._map.here[:2]
            moved = (now[0] + step[0] * (x[1] - x[0]), now[1] + step[1] * (y[1] - y[0]))
            self._set_cross(
                (float(np.clip(moved[0], x[0], x[-1])), float(np.clip(moved[1], y[0], y[-1])))
            )

    def _set_cross(self, cross: tuple[float, float] | None) -> None:
        if cross != self._cross:
            self._cross = cross
            self.setAccessibleDescription(self.readout() or self.describe())
            self.update()


def _word(name: str) -> str:
    """An axis' name without the share that it keeps."""
    return name.partition(",")[0] if name.startswith("direction") else name
