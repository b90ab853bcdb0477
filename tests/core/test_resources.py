"""Assets are found in a checkout and in an installed wheel, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import resources

ROOT = Path(__file__).parents[2]


def test_a_checkout_has_them_beside_the_package() -> None:
    assert resources.assets() == ROOT / "assets"
    assert resources.asset("icons").is_dir()


def test_a_wheel_has_them_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "core" / "assets"
    inside.mkdir(parents=True)
    (inside / "a.toml").touch()
    (tmp_path / "assets").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "core")
    assert resources.asset("a.toml") == inside / "a.toml"


@pytest.mark.parametrize("name", ["nothing.toml", "../pyproject.toml", "/etc/hostname"])
def test_what_is_no_asset_is_refused_by_name(name: str) -> None:
    with pytest.raises(FileNotFoundError, match=name):
        resources.asset(name)
