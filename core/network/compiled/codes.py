"""The numbers that stand for names in compiled code; what has none runs on the numpy kernel."""

from __future__ import annotations

LINEAR, RELU, LEAKY_RELU, ELU, GELU, SIGMOID, SILU, TANH, SOFTPLUS, SIN = range(10)
ACTIVATION_CODES = {
    "linear": LINEAR,
    "relu": RELU,
    "leaky_relu": LEAKY_RELU,
    "elu": ELU,
    "gelu": GELU,
    "sigmoid": SIGMOID,
    "silu": SILU,
    "tanh": TANH,
    "softplus": SOFTPLUS,
    "sin": SIN,
}

BINARY_CROSS_ENTROPY, CROSS_ENTROPY, MSE, MAE, HUBER, HINGE = range(6)
LOSS_CODES = {
    "binary_cross_entropy": BINARY_CROSS_ENTROPY,
    "cross_entropy": CROSS_ENTROPY,
    "mse": MSE,
    "mae": MAE,
    "huber": HUBER,
    "hinge": HINGE,
}

SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW = range(7)
OPTIMIZER_CODES = {
    "sgd": SGD,
    "momentum": MOMENTUM,
    "nesterov": NESTEROV,
    "adagrad": ADAGRAD,
    "rmsprop": RMSPROP,
    "adam": ADAM,
    "adamw": ADAMW,
}
