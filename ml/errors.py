"""What can go wrong in machine learning, by whose fault it is.

* MLError
  x DataError                 the samples or labels are at fault
    + UnreadablePicture       not a picture, truncated, or too large to decode safely
    + NotFinite               NaN or infinity where a number is needed
    + NotEnoughLabels         a class has no label yet, or too few to hold one out
    + OneClass                there is nothing to tell apart
  x ModelError                a model file is at fault
    + NotAModelFile           unreadable, or not written by `ml.inference.export`
    + BrokenContract          a file of somebody's own does not do what was declared of it
    + NotInstalled            the package that holds the weights is not there
    + WrongShape              weights or an embedding of another form than the model's
    + ParityError             ONNX Runtime answers differently from PyTorch
    + NotExplainable          a model has not what a method of explaining takes
  x BrokenStrategy            a query strategy is not there, or not one
  x BrokenMethod              a method of explaining is not there, or not one
  x BadSetting                a method of explaining cannot be set so

Wrong arguments (shapes that do not fit, a negative size) raise ValueError: they are bugs in the caller.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


class MLError(Exception):
    """Anything this package refuses to do for a reason that its caller should show."""


class DataError(MLError):
    """The samples or labels are at fault."""


class UnreadablePicture(DataError):
    """Not a picture, truncated, or too large to decode safely."""


class NotFinite(DataError):
    """NaN or infinity where a number is needed."""


class NotEnoughLabels(DataError):
    """`missing` holds the indices of the classes that have fewer than `needed` labels in groups of their
    own.
    """

    def __init__(self, missing: Sequence[int], *, needed: int = 1) -> None:
        self.missing = tuple(missing)
        names = ", ".join(str(index) for index in self.missing)
        super().__init__(f"Too few labels of class {names}: at least {needed} of each class must be there.")


class OneClass(DataError):
    """There is nothing to tell apart."""

    def __init__(self) -> None:
        super().__init__("There is only one class, so there is nothing to learn. Add a second class.")


class BrokenMethod(MLError):
    """No method of explaining has that name, or the package that brings it cannot be used."""


class BadSetting(MLError):
    """`field`: the setting at fault."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        super().__init__(f"{field}: {reason}")


class BrokenStrategy(MLError):
    """No strategy has that name, or the package that brings it cannot be used."""


class ModelError(MLError):
    """A model file is at fault."""


class NotAModelFile(ModelError):
    """Unreadable, or not written by `ml.inference.export`."""


class BrokenContract(ModelError):
    """`field`: of the declaration, the one at fault, or `file`."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        super().__init__(f"{field}: {reason}")


class NotInstalled(ModelError):
    """The package that holds the weights is not there."""


class WrongShape(ModelError):
    """Weights or an embedding of another form than the model's."""


class NotExplainable(ModelError):
    """A model has not what a method of explaining takes: a feature map, a linear head, gradients."""


class ParityError(ModelError):
    """`difference` is the largest absolute difference found between PyTorch and ONNX Runtime."""

    def __init__(self, difference: float, tolerance: float) -> None:
        self.difference = difference
        super().__init__(f"ONNX Runtime differs from PyTorch by {difference:.2e}; {tolerance:.2e} is allowed.")


def require_finite(what: str, array: npt.NDArray[np.floating]) -> None:
    """Raise NotFinite unless every element is finite. One pass, no copy: the sum shows any."""
    with np.errstate(invalid="ignore"):
        total = array.sum(dtype=np.float64)
    if not np.isfinite(total):
        raise NotFinite(f"{what} holds NaN or infinity.")
