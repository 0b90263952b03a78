"""The methods by name. Those of installed packages are found by the entry point group `heedful.explainers`."""

from functools import cache
from importlib.metadata import entry_points

from ml.errors import BrokenMethod
from ml.explain.activation import ClassActivation, ContrastiveActivation
from ml.explain.method import Method

ENTRY_POINTS = "heedful.explainers"

METHODS: dict[str, Method] = {method.name: method for method in (ClassActivation(), ContrastiveActivation())}


def names() -> list[str]:
    """The built-in ones, then those of installed packages."""
    return [*METHODS, *sorted({one.name for one in entry_points(group=ENTRY_POINTS)} - METHODS.keys())]


@cache
def find(name: str) -> Method:
    """The built-in method, or that of an installed package. Raises BrokenMethod."""
    if name in METHODS:
        return METHODS[name]
    found = [one for one in entry_points(group=ENTRY_POINTS) if one.name == name]
    if not found:
        raise BrokenMethod(f"There is no method called {name}, and no installed package brings one.")
    try:
        method = found[0].load()()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise BrokenMethod(f"The method {name} of {found[0].value} cannot be loaded: {error}") from error
    if not isinstance(method, Method) or method.name != name:
        raise BrokenMethod(f"{found[0].value} must be a subclass of Method whose name is {name}.")
    return method
