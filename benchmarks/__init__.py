"""What the program must reach, measured: `python -m benchmarks` prints the tables."""
