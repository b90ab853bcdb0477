"""The compiled kernel: whole epochs in machine code that needs no interpreter and takes no lock."""
