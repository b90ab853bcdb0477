"""Drawing points by hand: the sheet, its tools, and the dialog around it."""
