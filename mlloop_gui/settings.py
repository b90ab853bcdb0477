"""What the program remembers between starts; a damaged or newer file is set aside, never fatal."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import platformdirs

from core.settings.file import write_whole

VERSION = 1
RECENT_FILES = 8
LEAST_MEMORY, MOST_MEMORY = 16, 65_536


@dataclass
class Settings:
    """Window settings, none of which changes a result.

    Attributes
    ----------
    seen_introduction : bool
        Whether the full window opens at once.
    theme : str
        ``"system"``, ``"light"`` or ``"dark"``.
    scale : float
        Size of all text and widgets.
    recent : list of str
        Experiment files, newest first.
    geometry, layout : str
        Qt's own description of the window and its docks, in base 64.
    guide : dict of str to int
        Steps finished of each chapter of the guide.
    memory : int
        Megabytes that the states kept for going back may take.
    """

    seen_introduction: bool = False
    theme: str = "system"
    scale: float = 1.0
    recent: list[str] = field(default_factory=list)
    geometry: str = ""
    layout: str = ""
    guide: dict[str, int] = field(default_factory=dict)
    memory: int = 256

    def remember(self, path: str) -> None:
        """Put a file at the head of the recent ones."""
        whole = os.path.abspath(path)
        self.recent = [whole, *(p for p in self.recent if p != whole)][:RECENT_FILES]


def folder() -> Path:
    """Where settings lie."""
    return platformdirs.user_config_path("mlloop", appauthor=False)


def load(path: Path | None = None) -> tuple[Settings, str]:
    """The settings, and a sentence when they had to be set aside (else empty)."""
    path = path or folder() / "settings.json"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings(), ""
    except (OSError, UnicodeDecodeError):
        return Settings(), _set_aside(path, "cannot be read")
    try:
        return _checked(json.loads(text)), ""
    except (ValueError, TypeError, RecursionError) as error:
        return Settings(), _set_aside(path, str(error))


def _checked(found: Any) -> Settings:
    if not isinstance(found, dict):
        raise ValueError("is not a table of settings")
    version = found.pop("version", None)
    if version != VERSION:
        raise ValueError(f"is of version {version}, this program knows {VERSION}")
    settings = Settings()
    for item in fields(Settings):
        value = found.get(item.name, getattr(settings, item.name))
        default = getattr(settings, item.name)
        if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not type(default):
            raise ValueError(f"has a bad {item.name}: {value!r}")
        setattr(settings, item.name, value)
    if not all(isinstance(path, str) for path in settings.recent):
        raise ValueError("has a bad list of recent files")
    if not all(type(steps) is int and steps >= 0 for steps in settings.guide.values()):
        raise ValueError("has a bad guide")
    if not LEAST_MEMORY <= settings.memory <= MOST_MEMORY:
        raise ValueError(f"has a bad memory: {settings.memory!r}")
    if settings.theme not in ("system", "light", "dark") or not 0.5 <= settings.scale <= 4:
        raise ValueError("has a bad theme or scale")
    return settings


def _set_aside(path: Path, why: str) -> str:
    aside = path.with_suffix(".damaged.json")
    try:
        path.replace(aside)
    except OSError:
        return f"The settings in {path} {why}; the defaults are used."
    return f"The settings file {why}; it was set aside as {aside}, and the defaults are used."


def save(settings: Settings, path: Path | None = None) -> None:
    """Write the settings, whole or not at all; a folder that cannot be written is no error."""
    path = path or folder() / "settings.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps({"version": VERSION, **asdict(settings)}, indent=1))
    except (OSError, ValueError):
        return
