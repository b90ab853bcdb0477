"""Plots: arrays in, picture out. They know neither the session nor the loop."""

from mlloop_gui import lean_pyqtgraph as lean_pyqtgraph  # before any plot imports it whole
