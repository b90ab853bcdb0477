"""Dense networks: activations, initialisers and the kernels that do their arithmetic."""
