"""The text of a step: **bold**, `code` and {numbers}, as rich text with nothing else in it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")


def placeholders(text: str) -> list[str]:
    """Return the names in braces, in order."""
    return PLACEHOLDER.findall(text)


def filled(text: str, number: Callable[[str], str]) -> str:
    """Return the text with each ``{name}`` replaced by what `number` makes of it."""
    return PLACEHOLDER.sub(lambda found: number(found[1]), text)


def rich(text: str, code_style: str = "") -> str:
    """Return rich text; every sign that means something in HTML is only a sign."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    made = []
    for paragraph in paragraphs:
        safe = html.escape(" ".join(paragraph.split()), quote=False)
        safe = _CODE.sub(lambda m: f'<span style="{code_style}">{m[1]}</span>', safe)
        made.append(_BOLD.sub(r"<b>\1</b>", safe))
    return "".join(f'<p style="margin: 0 0 6px 0">{part}</p>' for part in made)


def plain(text: str) -> str:
    """Return the text without its marks, for what is read aloud."""
    return " ".join(_BOLD.sub(r"\1", _CODE.sub(r"\1", text)).split())


def words(text: str) -> int:
    """Return how many words a person reads."""
    return len(plain(text).split())
