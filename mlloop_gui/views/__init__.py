"""The parts of the window that show the run: bars above, pictures in the middle and beside."""
