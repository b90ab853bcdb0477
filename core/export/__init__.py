"""A trained model as code of its own: a short numpy script, or PyTorch."""

from __future__ import annotations

from core.export.model import TrainedModel
from core.export.numpy_script import numpy_script
from core.export.torch_script import torch_script

__all__ = ["TrainedModel", "numpy_script", "torch_script"]
