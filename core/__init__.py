"""The learning loop as a numpy engine: no Qt, no threads, no printing, no global random state."""
