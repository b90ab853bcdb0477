from __future__ import annotations

import re

import numpy as np
import pytest

from mlloop_gui import theme as themes
from mlloop_gui.plots.stage_button import StageButton

BOTH = pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK], ids=lambda t: t.name)


def luminance(color: str) -> float:
    share = themes.rgb(color) / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@BOTH
def test_text_is_legible_on_every_ground(theme):
    for ground in (theme.window, theme.panel, theme.raised):
        for ink in (theme.text, theme.muted, theme.accent, theme.error, theme.warning, theme.ok):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(theme.accent_text, theme.accent) >= 4.5
    assert contrast(theme.accent, theme.accent_soft) >= 4.5
    for ground in (theme.positive_fill, theme.negative_fill):
        assert contrast(theme.text, ground) >= 3.7


@BOTH
def test_ten_classes_have_ten_colours_and_markers(theme):
    assert len(set(theme.class_colors)) == len(set(theme.class_markers)) == 10
    for color in theme.class_colors[:2]:
        assert np.abs(themes.rgb(color) - themes.rgb(theme.accent)).sum() > 60
    assert themes.LIGHT.class_colors[:2] == ("#0072b2", "#d55e00")


@BOTH
@pytest.mark.parametrize("scale", [0.5, 1.0, 1.25, 2.0])
def test_the_style_sheet_is_whole_and_no_text_is_under_12_px(theme, scale):
    sheet = themes.stylesheet(theme, scale)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    sizes = [int(size) for size in re.findall(r"font-size: (\d+)px", sheet)]
    assert min(sizes) >= 12
    assert max(sizes) == themes.font_px("formula", scale)
    for image in re.findall(r'url\("([^"]+)"\)', sheet):
        assert image.endswith(".svg")
    assert "image: none" not in sheet


def test_qt_accepts_the_style_sheet(qtbot, qapp):
    before, style, palette = qapp.styleSheet(), qapp.style().objectName(), qapp.palette()
    try:
        themes.apply(qapp, themes.DARK, 1.5)
        assert themes.current() is themes.DARK
        assert themes.current_scale() == 1.5
        assert themes.font("base").pixelSize() == 20
        assert StageButton.pill_height() > 20
    finally:
        themes.set_current(themes.LIGHT, 1.0)
        qapp.setStyle(style)
        qapp.setPalette(palette)
        qapp.setStyleSheet(before)


@BOTH
def test_the_map_of_signed_values_is_paper_between_purple_and_green(theme):
    table = themes.diverging_lut(theme)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert tuple(table[0]) == tuple(themes.rgb(theme.negative_fill))
    assert tuple(table[255]) == tuple(themes.rgb(theme.positive_fill))
    assert np.abs(table[127:129].astype(int) - themes.rgb(theme.paper)).max() <= 3
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 0


@BOTH
def test_class_maps_lead_from_one_class_to_the_other(theme):
    table = themes.class_lut(theme, 0, 1)
    assert np.array_equal(table[::-1], themes.class_lut(theme, 1, 0))
    blue, vermilion = table[0].astype(int), table[255].astype(int)
    assert blue[2] > blue[0]
    assert vermilion[0] > vermilion[2]


@BOTH
def test_many_classes_blend_by_probability(theme):
    sure = themes.class_blend(theme, np.eye(4))
    for index in range(4):
        expected = themes.rgb(themes.region_color(theme, index))
        assert np.abs(sure[index].astype(int) - expected).max() <= 1
    unsure = themes.class_blend(theme, np.full((5, 6, 4), 0.25))
    assert unsure.shape == (5, 6, 3)
    assert np.abs(unsure[0, 0].astype(int) - themes.rgb(theme.paper)).max() <= 1
    assert themes.class_blend(theme, np.full((1, 12), 1 / 12)).shape == (1, 3)


def test_the_system_theme_is_one_of_the_two(qapp):
    assert themes.system_theme() in (themes.LIGHT, themes.DARK)


def test_the_same_theme_again_styles_nothing_anew(qapp, monkeypatch):
    themes.apply(qapp, themes.LIGHT)
    sheets = []
    monkeypatch.setattr(type(qapp), "setStyleSheet", lambda self, sheet: sheets.append(sheet))
    themes.apply(qapp, themes.LIGHT)
    assert sheets == []
    themes.apply(qapp, themes.DARK)
    assert len(sheets) == 1
    monkeypatch.undo()
    themes.apply(qapp, themes.LIGHT)
