"""The tie between one widget and one field of the experiment: both directions, no echo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from core.errors import InputError
from core.experiment import Experiment, Field
from core.problem import Problem
from mlloop_gui.panels.fields import words

#: Stepping changes what is shown at once, and the experiment when the hand rests.
REST = 150  # ms
NOTHING = object()
#: The type of USER properties; `object` would refuse what is no Python object yet.
ANY: Any = "QVariant"


class Session(Protocol):
    """What panels need of the session."""

    experiment: Experiment
    #: Signals: other settings; another run, with other data perhaps.
    experiment_changed: Any
    run_started: Any

    @property
    def problem(self) -> Problem | None:
        """The data of the run on screen."""
        ...

    def set(self, path: str, value: Any) -> None:
        """Change one setting; raises `InputError` with nothing changed."""
        ...

    def choose_source(self, name: str, **data: Any) -> None:
        """Learn from another source, and change what must follow."""
        ...


class Editor(Protocol):
    """What a binding needs of its widget."""

    def show_value(self, value: Any) -> None:
        """Show `value` without telling anyone."""
        ...


def plain(value: Any) -> Any:
    """The value as the USER property has it: lists, not tuples."""
    return list(value) if isinstance(value, tuple) else value


class Binding(QObject):
    """Commits what a widget says to the session, and shows what the session has.

    A refused value leaves the widget's text alone, so that nothing typed is lost; the old value
    stays in force and the error stands until it is mended, taken back or overtaken.

    Attributes
    ----------
    error : str
        What is wrong with what the widget shows; empty if nothing is.
    apply : callable
        ``apply(value)`` changes the session, by default through ``session.set``.
    """

    error_changed = Signal(str)
    shown_changed = Signal()

    def __init__(self, session: Session, field: Field, widget: QWidget, keys: str = "") -> None:
        super().__init__(widget)
        self.session, self.field, self.widget = session, field, widget
        self.apply: Callable[[Any], object] = self._set
        self.error = ""
        self._shown: Any = None
        self._waiting: Any = NOTHING
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self.flush)
        widget.setObjectName(field.path)
        widget.setAccessibleName(words.label_of(field))
        widget.setAccessibleDescription(" ".join(words.description(field)))
        widget.setToolTip(words.tooltip(field, keys))
        session.experiment_changed.connect(self.refresh)

    @property
    def value(self) -> Any:
        """The value in force."""
        return plain(self.session.experiment.get(self.field.path))

    @property
    def shown(self) -> Any:
        """The value that the widget stands at: the one in force, or the one stepped to."""
        return self._shown if self._waiting is NOTHING else self._waiting

    def begin(self) -> None:
        """Show the value in force for the first time."""
        self._show(self.value)

    @Slot()
    def refresh(self) -> None:
        """Show the value in force, if it is another than before."""
        if self.value != self._shown:
            self.restore()

    def restore(self) -> None:
        """Show the value in force again, whatever was typed."""
        self._forget()
        self._show(self.value)
        self.set_error("")

    def edit(self, value: Any) -> bool:
        """Show `value` as if a person had entered it, and commit it."""
        self.editor.show_value(plain(value))
        return self.commit(value)

    def commit(self, value: Any) -> bool:
        """Put `value` into the experiment; False, with an error beneath, if it is refused."""
        self._forget()
        value = plain(value)
        if value == self.value:
            self.restore()
            return True
        try:
            self.apply(value)
        except InputError as error:
            self.set_error(words.message(error, self.field.path))
            return False
        self.set_error("")
        self._show(self.value)
        return True

    def commit_soon(self, value: Any) -> None:
        """Commit `value` when no other one has come for a moment."""
        self._waiting = value
        self._rest.start()

    @Slot()
    def flush(self) -> None:
        """Commit at once what was waiting to be."""
        if self._waiting is not NOTHING:
            self.commit(self._waiting)

    def _forget(self) -> None:
        self._rest.stop()
        self._waiting = NOTHING

    def set_error(self, text: str) -> None:
        """Say what is wrong with what is typed; an empty text takes it back."""
        if text == self.error:
            return
        self.error = text
        self.widget.setProperty("invalid", bool(text))
        self.widget.style().unpolish(self.widget)
        self.widget.style().polish(self.widget)
        description = " ".join(words.description(self.field))
        self.widget.setAccessibleDescription(f"{text} {description}" if text else description)
        self.error_changed.emit(text)

    @property
    def editor(self) -> Editor:
        """The widget as what it is besides."""
        return self.widget  # type: ignore[return-value]  # every editor is both

    def _show(self, value: Any) -> None:
        self._shown = value
        self.editor.show_value(value)
        self.shown_changed.emit()

    def _set(self, value: Any) -> None:
        self.session.set(self.field.path, value)
