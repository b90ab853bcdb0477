"""The guide: chapters that run the window, point at it, and check what was done."""
