"""The methods by name, loaded when first needed: those that follow gradients load PyTorch.

Those of installed packages are found by the entry point group `heedful.explainers`.
"""

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from ml.errors import BrokenMethod
from ml.explain.method import Method

ENTRY_POINTS = "heedful.explainers"

METHODS = {
    "activation": "ml.explain.activation:ClassActivation",
    "contrastive": "ml.explain.activation:ContrastiveActivation",
    "grad-cam": "ml.explain.gradients:GradCam",
    "saliency": "ml.explain.gradients:Saliency",
    "smooth-grad": "ml.explain.gradients:SmoothGrad",
    "integrated-gradients": "ml.explain.gradients:IntegratedGradients",
    "occlusion": "ml.explain.perturbation:Occlusion",
    "rise": "ml.explain.perturbation:Rise",
    "lime": "ml.explain.superpixels:Lime",
    "kernel-shap": "ml.explain.superpixels:KernelShap",
}
"""From the cheapest on, those alike side by side.

Guided backpropagation is left out, and guided Grad-CAM with it: their maps hardly change when the model's weights are
drawn at random (Adebayo et al., 2018), so that they explain the picture and not the model.
"""


def names() -> list[str]:
    """The built-in ones, then those of installed packages."""
    return [*METHODS, *sorted({one.name for one in entry_points(group=ENTRY_POINTS)} - METHODS.keys())]


@cache
def find(name: str) -> Method:
    """The built-in method, or that of an installed package. Raises BrokenMethod."""
    found = _entry(name)
    try:
        method = found.load()()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise BrokenMethod(f"The method {name} of {found.value} cannot be loaded: {error}") from error
    if not isinstance(method, Method) or method.name != name:
        raise BrokenMethod(f"{found.value} must be a subclass of Method whose name is {name}.")
    return method


def _entry(name: str) -> EntryPoint:
    if name in METHODS:
        return EntryPoint(name, METHODS[name], ENTRY_POINTS)
    for one in entry_points(group=ENTRY_POINTS):
        if one.name == name:
            return one
    raise BrokenMethod(f"There is no method called {name}, and no installed package brings one.")
