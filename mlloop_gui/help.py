"""The program's own help: what is on the screen, and every key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from core.stages import Stage
from mlloop_gui.actions import COMMANDS, SIZES

OTHER_KEYS = (
    ("1 … 9", "Open the inspector of a stage"),
    ("Ctrl+1 … Ctrl+6", "Inspector, filmstrip, runs, landscape, by hand, validate"),
    ("← → PgUp PgDown Home End", "On the time bar: an update, an epoch, start and end"),
    ("Shift+← Shift+→", "On the boundary: previous, next sample"),
    ("← → ↑ ↓ Enter", "On the network: choose a unit, edit its bias and weights"),
    ("↑ ↓", "In a weight's value: 0.1 more or less"),
    ("PgUp, PgDown, Esc", "In the presentation: scene before, next scene, leave"),
    ("B, N, C, L, M", "In it: boundary, network, curves, loss, confusion matrix"),
    ("F10", "Menu"),
    ("F12", "This help"),
    ("Ctrl + / − / 0", "Larger, smaller, normal size"),
    ("T", "On a picture: open it as a table"),
    ("Tab", "Go to the next control"),
)
INTRODUCTION = """
<h2>The learning loop</h2>
<p>Everything in this window is one loop, turned again and again. <b>Turn the loop once</b> sends
one sample round it, with a sentence at each stage. <b>Step</b> goes on by a stage, a layer, an
update or an epoch; <b>Back</b> goes the same way back, to the very same numbers. <b>Run</b> lets it
turn by itself.</p>
<p>Settings stand on the left, at the stage they belong to. Loss, optimizer and dropout change the
running model; all else starts a new run, and the old curve stays, pale. The pictures in the middle
show the model as it is now; the inspector below shows the numbers of the last turn that did its
stage, for one sample: click a point to pick it.</p>
<p>The bar along the lower edge is the whole run: drag it to travel. Going back and running again
makes the same future; the first change there forks, and the run that was left stays under
<b>Runs</b>. A click on a unit or an edge of the network edits its weights and bias. The guide (F7)
leads through the nine stages.</p>
<p>Filled points are training data, hollow ones validation data; a cross marks a wrong guess; one
side of the boundary is hatched. Solid curves are training, dashed ones validation. Signed numbers
run from purple (negative) to green (positive), and carry their sign.</p>
"""


def help_html() -> str:
    """The help as a page: introduction, the nine stages, the keys."""
    stages = "".join(
        f"<tr><td><b>{int(stage)}</b>&nbsp;</td><td><b>{stage.label}</b>&nbsp;&nbsp;</td>"
        f"<td>{stage.question}</td></tr>"
        for stage in Stage
    )
    keys = [(c.key, c.help) for c in COMMANDS if c.key]
    keys += [(key, f"Step size {text}: {what}") for text, key, what in SIZES.values()]
    rows = "".join(
        f"<tr><td><b>{QKeySequence(key).toString() or key}</b>&nbsp;&nbsp;</td><td>{what}</td></tr>"
        for key, what in (*keys, *OTHER_KEYS)
    )
    return (
        f"{INTRODUCTION}<h3>The nine stages</h3><table>{stages}</table>"
        f"<h3>Keys</h3><table>{rows}</table>"
    )


class HelpDialog(QDialog):
    """The help page in a window of its own that stays open beside the program."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help")
        self.setWindowTitle("Help")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 640)
        page = QTextBrowser()
        page.setHtml(help_html())
        page.setAccessibleName("Help")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(page)

    @classmethod
    def show_for(cls, parent: QWidget) -> HelpDialog:
        """Show the help, or bring the one that is open to the front."""
        for child in parent.findChildren(cls):
            child.raise_()
            return child
        dialog = cls(parent)
        dialog.show()
        return dialog
