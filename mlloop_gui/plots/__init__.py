"""Plots: arrays in, picture out. They know neither the session nor the loop."""
