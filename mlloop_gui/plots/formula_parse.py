"""Formulas as trees: reads the plain text that a screen reader reads too.

What is understood: numbers, names (``x1`` and ``x_1`` have a subscript), Unicode superscripts and
subscripts, ``^``, hats, ``/`` as a fraction, ``√``, ``Σ``, brackets and bars, relations, sums,
products, lists, and words between all that. `parse` returns None for everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mlloop_gui.plots.formula_tree import (
    Accent,
    Fence,
    Fraction,
    Node,
    Operator,
    Root,
    Row,
    Script,
    Space,
    Symbol,
)

_UP = dict(
    zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", "0123456789+−=()Tabcdefghijklmnoprstuvwxyz",
        strict=True)
)  # fmt: skip
_DOWN = dict(
    zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+−=()aehijklmnoprstuvx", strict=True)
)
_MARKS = {"\u0302": "ˆ", "\u0303": "˜", "\u0304": "¯"}
_FENCES = {"(": ")", "[": "]", "⌊": "⌋", "⌈": "⌉", "|": "|", "‖": "‖"}
_KINDS = {
    **dict.fromkeys("=←→≈~", "relation"),
    **dict.fromkeys("<>≤≥≠∈", "comparison"),
    ":": "colon",
    **dict.fromkeys("+-−±∓", "sum"),
    **dict.fromkeys("·×⊙∘", "product"),
}
_SIGNS = "∞…%°′½¼¾∂∇"
FUNCTIONS = frozenset(
    [
        "ln",
        "log",
        "exp",
        "sin",
        "cos",
        "tan",
        "tanh",
        "max",
        "min",
        "sign",
        "softmax",
        "softplus",
        "relu",
        "U",
        "N",
        "clip",
        "erf",
    ]
)
#: Words that stand between formulas.
LINKS = frozenset(["if", "else", "or", "mod"])
#: Words that make prose of what stands beside them.
_PROSE = frozenset(
    [
        "of",
        "the",
        "to",
        "for",
        "from",
        "over",
        "each",
        "is",
        "and",
        "above",
        "below",
        "by",
        "in",
        "as",
        "at",
        "not",
        "after",
        "others",
        "with",
    ]
)
_UPS, _DOWNS = "".join(_UP), "".join(_DOWN)
_LETTER = rf"[^\W\d_Σ{_UPS}{_DOWNS}]"
_TOKEN = re.compile(
    rf"""(?P<space>\ +)
    |(?P<number>[0-9]+(?:\u202f[0-9]{{3}})*(?:\.[0-9]+)?)(?P<power>\ ×\ 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?
    |(?P<accent>{_LETTER}[{"".join(_MARKS)}])
    |(?P<word>{_LETTER}(?:{_LETTER}|[0-9]|[-'’](?={_LETTER}))*)(?:_(?P<index>[^\W_]+))?
    |(?P<quote>“[^”]*”)
    |(?P<up>[{_UPS}]+)|(?P<down>[{_DOWNS}]+)
    |(?P<sign>.)""",
    re.VERBOSE,
)


class _Token(NamedTuple):
    kind: str
    text: str
    extra: str = ""


class _CannotReadError(ValueError):
    """The text is not a formula that `parse` understands."""


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind in ("power", "number"):
            yield _Token("number", found["number"], found["power"] or "")
        elif kind in ("index", "word"):
            yield _Token("word", found["word"], found["index"] or "")
        else:
            yield _Token(kind, found[0])


@lru_cache(maxsize=512)
def parse(text: str) -> Row | None:
    """Return the tree of a formula, None where it cannot be read to its end."""
    try:
        reader = _Reader(list(_tokens(text)))
        row = reader.row("")
    except _CannotReadError:
        return None
    return row if row.items and reader.at_end() else None


def _alphabetic(text: str) -> Node:
    """A name: a letter with digits has these as a subscript."""
    found = re.fullmatch(r"(\D)([0-9]+)", text)
    if found is not None:
        return Script(Symbol(found[1], "variable"), None, Symbol(found[2], "number"))
    kind = "function" if text in FUNCTIONS else "word" if text in _PROSE | LINKS else "variable"
    return Symbol(text, kind)


class _Reader:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._open = ""  # the fences that wait for their other half

    def at_end(self) -> bool:
        return self._at == len(self._tokens)

    def _next(self) -> _Token:
        return self._tokens[self._at] if not self.at_end() else _Token("", "")

    # -- rows ----------------------------------------------------------------------------------

    def row(self, close: str) -> Row:
        """Everything up to `close`, which is taken too, or to the end."""
        items: list[Node] = []
        while not self.at_end():
            token = self._next()
            if token.kind == "space":
                self._at += 1
                if items:
                    items.append(Space())
            elif token.text == close and self._closes(close, items):
                self._at += 1
                return Row(_settled(items))
            elif token.text == "/":
                self._at += 1
                self._divide(items)
            elif token.kind == "sign" and (token.text in _KINDS or token.text in ",;"):
                self._at += 1
                items.append(self._operator(token.text, _last(items)))
            else:
                items.append(self._factor())
        if close:
            raise _CannotReadError
        return Row(_settled(items))

    def _closes(self, close: str, items: list[Node]) -> bool:
        """Bars look alike: one that nothing stands before opens."""
        return close not in "|‖" or _is_operand(_last(items))

    def _operator(self, text: str, before: Node | None) -> Operator:
        if text in ",;":
            wide = self._next().kind == "space" and len(self._next().text) > 1
            return Operator(text, "clause" if wide or text == ";" else "list")
        shown = "−" if text == "-" else text
        kind = _KINDS[text]
        return Operator(shown, "prefix" if kind == "sum" and not _is_operand(before) else kind)

    def _divide(self, items: list[Node]) -> None:
        """Put what stands before over the factor that follows: without spaces, what touches."""
        touching = bool(items) and not isinstance(items[-1], Space)
        _strip(items)
        start = len(items)
        while start and _is_factor(items[start - 1]):
            if touching and isinstance(items[start - 1], Space):
                break
            start -= 1
        while start < len(items) and isinstance(items[start], Space):
            start += 1
        if start == len(items):
            raise _CannotReadError
        above = items[start:]
        del items[start:]
        self._skip()
        items.append(Fraction(_one(above), self._factor_of_sum()))

    def _factor_of_sum(self) -> Node:
        found = self._factor()
        if found == Operator("Σ", "big"):
            self._skip()
            return Row((found, Space(), self._factor()))
        if isinstance(found, Symbol) and found.kind == "number" and self._next().kind == "word":
            return Row((found, self._factor()))
        return found

    def _skip(self) -> None:
        if self._next().kind == "space":
            self._at += 1

    # -- factors -------------------------------------------------------------------------------

    def _factor(self) -> Node:
        """An atom and the scripts on it."""
        base: Node = self._atom()
        above: Node | None = None
        below: Node | None = None
        if isinstance(base, Script):
            below, base = base.below, base.base
        while True:
            token = self._next()
            if token.kind == "up" and above is None:
                self._at += 1
                above = _script(token.text, _UP)
            elif token.kind == "down" and below is None:
                self._at += 1
                below = _script(token.text, _DOWN)
            elif self._power() and above is None:
                above = self._factor()
            else:
                break
        return base if above is None and below is None else Script(base, above, below)

    def _power(self) -> bool:
        """Whether a ``^`` follows; it and the spaces round it are taken."""
        at = self._at + (self._next().kind == "space")
        if at >= len(self._tokens) or self._tokens[at].text != "^":
            return False
        self._at = at + 1
        self._skip()
        return True

    def _atom(self) -> Node:
        token = self._next()
        self._at += 1
        if token.kind == "number":
            return _number(token)
        if token.kind == "accent":
            return Accent(Symbol(token.text[0], "variable"), _MARKS[token.text[1]])
        if token.kind == "word":
            name = _alphabetic(token.text)
            if not token.extra:
                return name
            kind = "number" if token.extra.isdigit() else "variable"
            return Script(name, None, Symbol(token.extra, kind))
        if token.kind == "quote":
            return Symbol(token.text, "word")
        if token.text == "Σ":
            return Operator("Σ", "big")
        if token.text == "√":
            self._skip()
            return Root(self._factor())
        if token.kind == "sign" and token.text in _SIGNS:
            return Symbol(token.text, "number")
        if token.kind == "sign" and token.text in _FENCES:
            close = _FENCES[token.text]
            return Fence(token.text, self.row(close), close)
        raise _CannotReadError


def _number(token: _Token) -> Node:
    mantissa = Symbol(token.text, "number")
    if not token.extra:
        return mantissa
    ten = Script(Symbol("10", "number"), _script(token.extra.removeprefix(" × 10"), _UP))
    return Row((mantissa, Operator("×", "product"), ten), whole=True)


def _script(text: str, table: dict[str, str]) -> Node:
    """What a run of small characters says in ordinary ones."""
    plain = "".join(table[one] for one in text)
    items: list[Node] = []
    for part in re.findall(r"[0-9]+|[^0-9]", plain):
        if part in "+−=()":
            items.append(Operator(part, "prefix"))
        else:
            items.append(Symbol(part, "number" if part.isdigit() else "variable"))
    return _one(items)


def _one(items: list[Node]) -> Node:
    return items[0] if len(items) == 1 else Row(_settled(items))


def _strip(items: list[Node]) -> None:
    while items and isinstance(items[-1], Space):
        items.pop()


def _last(items: list[Node]) -> Node | None:
    return next((item for item in reversed(items) if not isinstance(item, Space)), None)


def _is_word(node: Node | None) -> bool:
    return isinstance(node, Symbol) and node.kind == "word"


def _is_operand(node: Node | None) -> bool:
    return node is not None and not isinstance(node, Operator) and not _is_word(node)


def _is_factor(node: Node) -> bool:
    """Whether a node belongs to what a fraction's bar stands under."""
    if isinstance(node, Operator):
        return node.kind == "big"
    return not _is_word(node)


def _settled(items: list[Node]) -> tuple[Node, ...]:
    """The items with words told from variables, and only those gaps that are seen."""
    _strip(items)
    made: list[Node] = []
    run: list[int] = []
    for item in [*items, Operator("", "end")]:
        ends = not isinstance(item, Symbol | Space) or item in map(_alphabetic, LINKS)
        if ends:
            _tell_words(made, run)
            run = []
        elif isinstance(item, Symbol):
            run.append(len(made))
        made.append(item)
    made.pop()
    return tuple(
        Space(any(_is_word(beside) for beside in made[max(at - 1, 0) : at + 2]))
        if isinstance(item, Space)
        else item
        for at, item in enumerate(made)
        if not isinstance(item, Space) or _parts(made[at - 1], made[at + 1])
    )


def _parts(left: Node, right: Node) -> bool:
    """Whether a gap is seen between two things: beside an operator its own room is."""
    if isinstance(left, Operator) and left.kind != "big":
        return False
    return not isinstance(right, Operator) or right.kind in ("big", "prefix")


def _tell_words(items: list[Node], run: list[int]) -> None:
    """Two names of several letters beside each other, or a word of prose, are a sentence."""
    symbols = [items[at] for at in run]
    names = [s.text for s in symbols if isinstance(s, Symbol) and s.kind != "number"]
    long = [name for name in names if len(name) > 1 and name not in FUNCTIONS]
    if len(long) < 2 and not _PROSE.intersection(names):
        return
    for at, symbol in zip(run, symbols, strict=True):
        # A Greek letter is a variable wherever it stands.
        if isinstance(symbol, Symbol) and symbol.kind != "number" and not "Α" <= symbol.text <= "ω":
            items[at] = Symbol(symbol.text, "word")
