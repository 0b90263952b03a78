"""The smallest changes that change a decision: by gradients through the exported graph."""

import numpy as np
import torch
from torch.nn import functional

from ml.arrays import Images, Labels
from ml.explain.model import ExplainedModel

STEPS = 8


def fgsm(model: ExplainedModel, images: Images, labels: Labels, epsilon: float) -> Images:
    """One step of `epsilon` (in 0..1 of a pixel) uphill on the loss (Goodfellow, Shlens & Szegedy, 2015). (n, 3, s, s).

    Raises NotExplainable.
    """
    return _climbed(model, images, labels, epsilon, step=epsilon, steps=1)


def pgd(model: ExplainedModel, images: Images, labels: Labels, epsilon: float, *, steps: int = STEPS) -> Images:
    """Small steps that never leave `epsilon` (Madry et al., 2018). Raises NotExplainable."""
    return _climbed(model, images, labels, epsilon, step=2.5 * epsilon / steps, steps=steps)


def _climbed(
    model: ExplainedModel, images: Images, labels: Labels, epsilon: float, *, step: float, steps: int
) -> Images:
    module, prepared = model.module, model.preprocessing
    scale = 1 / prepared.std
    low, high = (0 - prepared.mean) * scale, (1 - prepared.mean) * scale
    clean, target = torch.from_numpy(images), torch.from_numpy(labels)
    changed = clean.clone()
    for _ in range(steps):
        leaf = changed.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(functional.cross_entropy(module(leaf), target, reduction="sum"), leaf)
        changed = leaf.detach() + step * scale * gradient.sign()
        within = torch.clamp(changed, clean - epsilon * scale, clean + epsilon * scale)
        changed = torch.clamp(within, low, high)
    return np.ascontiguousarray(changed.numpy(), np.float32)


def random_noise(model: ExplainedModel, images: Images, epsilon: float, rng: np.random.Generator) -> Images:
    """As large a change as an attack's, in a direction of chance."""
    scale = np.float32(epsilon / model.preprocessing.std)
    return np.asarray(images + scale * rng.choice(np.array([-1, 1], np.float32), images.shape), np.float32)
