"""The one exception for what a person gave us wrongly."""

from __future__ import annotations

from collections.abc import Iterable


class InputError(ValueError):
    """A file, field or value that cannot be used, and what would be allowed.

    The text is one line, meant to be shown as it is: ``FILE: FIELD = VALUE: problem; allowed``.

    Parameters
    ----------
    problem : str
        What is wrong, in plain words.
    file, field : str, optional
        Where it was found; ``field`` is a dotted path such as ``optimizer.learning_rate``.
    value : object, optional
        The offending value, shown by ``repr`` and cut to 60 characters.
    allowed : str, optional
        What would be accepted.
    """

    _UNSET = object()

    def __init__(
        self,
        problem: str,
        *,
        file: str | None = None,
        field: str | None = None,
        value: object = _UNSET,
        allowed: str | None = None,
    ) -> None:
        self.problem, self.file, self.field, self.allowed = problem, file, field, allowed
        self.value = None if value is self._UNSET else value
        shown = "" if value is self._UNSET else repr(value)
        if len(shown) > 60:
            shown = shown[:57] + "..."
        place = " = ".join(part for part in (field, shown) if part)
        parts = [part for part in (file, place, problem) if part]
        text = ": ".join(parts) + (f"; allowed: {allowed}" if allowed else "")
        super().__init__(" ".join(text.split()))

    def in_file(self, file: str) -> InputError:
        """The same error, naming the file it came from."""
        value = self._UNSET if self.value is None else self.value
        return InputError(
            self.problem, file=file, field=self.field, value=value, allowed=self.allowed
        )


def nearest(name: str, known: Iterable[str]) -> str:
    """``'did you mean X? '`` for a near miss, else an empty string."""
    from difflib import get_close_matches  # few names are ever wrong

    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}? " if close else ""
