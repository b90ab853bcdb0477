"""Where the files that come with the program lie, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def assets() -> Path:
    """The folder of the files that come with the program.

    The wheel carries it inside this package; a checkout has it beside the package.
    """
    inside = _PACKAGE / "assets"
    return inside if inside.is_dir() else _PACKAGE.parent / "assets"


def asset(name: str) -> Path:
    """The file or folder called `name` among the assets.

    Parameters
    ----------
    name : str
        With forward slashes, from the assets' folder, e.g. ``"experiments/default.toml"``.

    Raises
    ------
    FileNotFoundError
        When the installation lacks it, or when `name` leads out of the assets' folder.
    """
    root = assets()
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()) or not path.exists():
        raise FileNotFoundError(f"no asset {name!r} in {root}: is the installation complete?")
    return path
