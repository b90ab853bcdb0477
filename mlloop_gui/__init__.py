"""The window of the learning-loop playground: the only place where Qt appears."""
