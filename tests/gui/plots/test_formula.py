"""Formulas: how they are read, and how they stand on their lines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.experiment import Experiment, fields
from core.explain import explain
from core.loop import LearningLoop
from core.registry import HOMES, registry
from core.stages import StepSize
from mlloop_gui import theme
from mlloop_gui.plots.formula import FormulaLabel, FormulaView
from mlloop_gui.plots.formula_layout import Layout, lay_out
from mlloop_gui.plots.formula_parse import parse
from mlloop_gui.plots.formula_tree import dump

SIZE = 18

BY_HAND = [
    ("a = 1 / (1 + e⁻ᶻ)", "(row a = (/ 1 (fence ( 1 + (script e (row − z) .) ))))"),
    ("rate · g / (√s + ε)", "(row rate · (/ g (fence ( (√ s) + ε ))))"),
    ("m̂ / √v̂", "(row (/ (ˆ m) (√ (ˆ v))))"),
    ("Σ w ℓ / Σ w", "(row (/ (row Σ _ w _ ℓ) (row Σ _ w)))"),
    ("π epoch / period", "(row (/ (row π _ epoch) period))"),
    ("(a − b) / 2h", "(row (/ (fence ( a − b )) (row 2 h)))"),
    ("a / 2 × 10⁻⁵ = b", "(row (/ a (row 2 × (script 10 (row − 5) .))) = b)"),
    ("radius 2/3", "(row radius _ (/ 2 3))"),
    ("a / b / c", "(row (/ (/ a b) c))"),
    ("|s − y| ≤ δ", "(row (fence | s − y |) ≤ δ)"),
    ("1.2 |x1| - |y|", "(row 1.2 _ (fence | (script x . 1) |) − (fence | y |))"),
    ("||a| − b|", "(row (fence | (fence | a |) − b |))"),
    ("x_1 + w_ij − p_true", "(row (script x . 1) + (script w . ij) − (script p . true))"),
    ("1.6 x1³", "(row 1.6 _ (script x 3 1))"),
    ("β₂ s", "(row (script β . 2) _ s)"),
    ("WᵀW", "(row (script W T .) W)"),
    ("decay^epoch", "(row (script decay epoch .))"),
    ("factor ^ ⌊n / 2⌋", "(row (script factor (fence ⌊ (/ n 2) ⌋) .))"),
    ("−y ln p", "(row − y _ ln _ p)"),
    ("x - 1", "(row x − 1)"),
    ("−t if t s < 1 else 0", "(row − t _ 'if' _ t _ s < 1 _ 'else' _ 0)"),
    ("δ above", "(row δ _ 'above')"),
    ("slope of a weight = input · δ", "(row 'slope' _ 'of' _ 'a' _ 'weight' = input · δ)"),
    ("p(“odd) name”) = 0.5", "(row p (fence ( '“odd) name”' )) = 0.5)"),
    ("mean over 3 outputs of −y", "(row 'mean' _ 'over' _ 3 _ 'outputs' _ 'of' _ − y)"),
    ("1\u202f025 · 2", "(row 1\u202f025 · 2)"),
]


def corpus() -> Iterator[str]:
    """Every formula that core has, and those of a few runs with their numbers."""
    for family in HOMES:
        for part in registry(family):
            yield part.formula
            yield getattr(part, "slope_formula", "")
    yield from (field.formula for field in fields().values())
    for tree in (
        {"data": {"source": "circle", "samples": 60}},
        {"data": {"source": "circle", "samples": 60}, "optimizer": {"learning_rate": 1e-7}},
        {"data": {"source": "iris"}, "model": {"hidden": [8], "dropout": 0.5}},
        {"data": {"source": "iris"}, "loss": {"name": "hinge"}},
        {"data": {"source": "circle", "samples": 60}, "loss": {"name": "hinge"}},
        *({"data": {"source": "diabetes"}, "loss": {"name": name}} for name in ("mse", "huber")),
    ):
        loop = LearningLoop(Experiment.from_dict(tree))
        loop.step(StepSize.UPDATE)
        assert loop.record is not None
        for row in (int(loop.record.rows[0]), int(loop.record.rows[1])):
            for stage in explain(loop, row, (0, 0)):
                yield from (stage.formula, stage.worked)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    found = sorted({text for text in corpus() if text})
    assert len(found) > 150
    return found


@pytest.mark.parametrize(("text", "tree"), BY_HAND)
def test_trees_by_hand(text: str, tree: str) -> None:
    assert dump(parse(text)) == tree


@pytest.mark.parametrize("text", ["", "(a", "a)", "a / ", "/ a", "|a", "a # b", "a^", "√", "½ · {"])
def test_what_cannot_be_read_is_said_to_be_so(text: str) -> None:
    assert parse(text) is None
    assert lay_out(text, 300, SIZE) is None


def letters(text: str) -> str:
    """What is drawn of a text: small characters made ordinary, brackets and spaces left out."""
    ordinary = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᶻˢᵀ₁₂-", "0123456789−zsT12−")
    plain = text.replace("\u0302", "ˆ").translate(ordinary)
    return "".join(sorted(c for c in plain if c not in "()[]⌊⌋|‖√/ ^_"))


def test_every_formula_of_core_is_read_and_drawn_whole(qapp: object, texts: list[str]) -> None:
    for text in texts:
        laid = lay_out(text, 2000, SIZE)
        assert laid is not None, text
        assert laid.lines == 1
        drawn = "".join(mark.text for mark in laid.marks)
        assert letters(drawn) == letters(text), text


def overlapping(laid: Layout) -> list[tuple[str, str]]:
    """Pairs of marks that share more than a pixel both ways; a root holds what is in it."""
    found = []
    marks = [(mark, QRectF(mark.rect).adjusted(0.5, 0.5, -0.5, -0.5)) for mark in laid.marks]
    for index, (one, a) in enumerate(marks):
        for other, b in marks[index + 1 :]:
            shared = a.intersected(b)
            if "√" in (one.kind, other.kind) or min(shared.width(), shared.height()) <= 1.0:
                continue
            found.append((one.text or one.kind, other.text or other.kind))
    return found


@pytest.mark.parametrize("width", [170, 260, 420])
def test_nothing_overlaps_and_nothing_leaves_the_width(
    qapp: object, texts: list[str], width: int
) -> None:
    for text in texts:
        laid = lay_out(text, width, SIZE)
        assert laid is not None
        assert not overlapping(laid), text
        page = QRectF(-0.01, -0.01, width + 0.02, laid.height + 0.02)
        assert all(page.contains(mark.rect) for mark in laid.marks), text


def test_what_has_no_room_is_left_to_plain_text(qapp: object) -> None:
    assert lay_out("factor^⌊epoch / step_epochs⌋", 100, SIZE) is None
    cut = lay_out("abcdefghijklmnopqrstuvwxyz", 100, SIZE)
    assert cut is not None
    assert "".join(lines(cut)) == "abcdefghijklmnopqrstuvwxyz"
    assert cut.width <= 100


def test_no_text_is_smaller_than_the_smallest(qapp: object, texts: list[str]) -> None:
    for text in texts:
        laid = lay_out(text, 300, 14)
        assert laid is not None
        assert min(mark.pixels for mark in laid.marks if mark.text) >= theme.SMALLEST_TEXT


def mark_of(laid: Layout, text: str) -> QRectF:
    return next(mark.rect for mark in laid.marks if mark.text == text)


def test_a_fraction_stands_over_its_bar_and_a_script_beside_its_base(qapp: object) -> None:
    laid = lay_out("a / b", 300, SIZE)
    assert laid is not None
    above, below = mark_of(laid, "a"), mark_of(laid, "b")
    bar = next(mark.rect for mark in laid.marks if mark.kind == "rule")
    assert above.bottom() < bar.top() < bar.bottom() < below.top()
    assert above.center().x() == pytest.approx(below.center().x(), abs=1)
    laid = lay_out("x1³", 300, SIZE)
    assert laid is not None
    base, up, down = (mark_of(laid, text) for text in "x31")
    assert up.left() >= base.right()
    assert up.left() == down.left()
    assert up.bottom() <= down.top()
    assert up.top() < base.top()
    assert base.bottom() < down.bottom()


def test_brackets_are_as_high_as_what_they_hold(qapp: object) -> None:
    laid = lay_out("(a / b)", 300, SIZE)
    assert laid is not None
    bracket = next(mark.rect for mark in laid.marks if mark.kind == "(")
    assert bracket.top() <= mark_of(laid, "a").top()
    assert bracket.bottom() >= mark_of(laid, "b").bottom()


def test_variables_slant_and_all_else_stands(qapp: object) -> None:
    laid = lay_out("a = tanh(z) + 2 if w", 500, SIZE)
    assert laid is not None
    slanted = {mark.text: mark.slanted for mark in laid.marks if mark.text}
    assert [text for text, slants in slanted.items() if slants] == ["a", "z", "w"]


def lines(laid: Layout) -> list[str]:
    """What stands on each line of a formula without fractions and scripts."""
    rows: dict[int, str] = {}
    for mark in laid.marks:
        rows[round(mark.y + mark.base)] = rows.get(round(mark.y + mark.base), "") + mark.text
    return list(rows.values())


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("v ← μ v + g;  w ← w − rate · v", 200, ["v←μv+g;", "w←w−rate·v"]),
        ("aaaa = bbbb + cccc + dddd", 170, ["aaaa=bbbb", "+cccc+dddd"]),
        ("aaaaaaaa = bbbbbbbb", 140, ["aaaaaaaa", "=bbbbbbbb"]),
        ("the next samples of the epoch", 170, ["thenextsamples", "oftheepoch"]),
    ],
)
def test_lines_end_where_it_reads_best(
    qapp: object, text: str, width: int, expected: list[str]
) -> None:
    laid = lay_out(text, width, SIZE)
    assert laid is not None
    assert lines(laid) == expected
    assert laid.lines == len(expected)


def test_a_line_that_goes_on_stands_under_the_relation(qapp: object) -> None:
    laid = lay_out("z = aaaaaa + bbbbbb = cccccc", 220, SIZE)
    assert laid is not None
    first, second = (mark.rect for mark in laid.marks if mark.text == "=")
    assert laid.lines == 2
    assert first.left() == pytest.approx(second.left(), abs=1)
    assert first.bottom() < second.top()


def test_what_was_laid_out_once_is_kept(qapp: object) -> None:
    assert lay_out("a = b", 300, SIZE) is lay_out("a = b", 300, SIZE)


# -- the widgets --------------------------------------------------------------------------------


@pytest.fixture
def label(qtbot: QtBot) -> FormulaLabel:
    made = FormulaLabel()
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    return made


def test_the_plain_text_is_read_out_and_copied(label: FormulaLabel, qtbot: QtBot) -> None:
    label.set_text("a = 1 / (1 + e⁻ᶻ)", "a = 0.5", "Half.")
    view = label.findChildren(FormulaView)[0]
    assert (view.accessibleName(), view.accessibleDescription()) == ("formula", "a = 1 / (1 + e⁻ᶻ)")
    assert label.describe() == "a = 1 / (1 + e⁻ᶻ)\na = 0.5\nHalf."
    QGuiApplication.clipboard().clear()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "a = 1 / (1 + e⁻ᶻ)"
    menu = label.findChildren(FormulaView)[1].context_menu()
    menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == "a = 0.5"
    menu.deleteLater()


def test_numbers_stand_under_the_formulas_relation(label: FormulaLabel) -> None:
    label.set_text("loss = a − b", "loss = 2 − 1")
    above, below = label.findChildren(FormulaView)
    label.needed(300)
    (laid, left), (under, shift) = above.layout_at(300), below.layout_at(300)
    assert laid is not None
    assert under is not None
    assert left == 0
    assert shift > 0
    assert laid.lead == pytest.approx(under.lead + shift, abs=1)
    # Left sides that have nothing in common stay where they are.
    label.set_text("something = a", "z = 2")
    assert below.layout_at(300)[1] == 0


def test_a_long_formula_is_written_smaller(label: FormulaLabel) -> None:
    view = label.findChildren(FormulaView)[0]
    label.set_text("z = a + b")
    label.needed(300)
    assert view.pixels == theme.font_px("formula")
    label.set_text("z = aaaaaaaa + bbbbbbbb + cccccccc + dddddddd")
    label.needed(300)
    assert view.pixels < theme.font_px("formula")


def test_what_is_no_formula_is_drawn_as_text(label: FormulaLabel) -> None:
    label.set_text("a # b {")
    view = label.findChildren(FormulaView)[0]
    assert view.layout_at(300) == (None, 0)
    assert view.heightForWidth(300) > SIZE
    written = view.grab().toImage()
    label.set_text("a # c {")
    assert view.grab().toImage() != written


def test_the_height_follows_the_width(label: FormulaLabel) -> None:
    label.set_text("z = 0.1 · 0.2 + 0.3 · 0.4 + 0.5 · 0.6 + 0.7 · 0.8 = 0.9")
    wide, narrow = label.needed(600), label.needed(150)
    assert narrow > wide
