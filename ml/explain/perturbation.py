"""Methods that only ask the exported graph: hide parts of the picture and see what becomes of the score.

On ONNX Runtime, a few pictures a pass, so that memory is bounded whatever the grid; a map does not depend on how many
are in a pass.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from ml.arrays import FeatureMaps, Images, Pixels
from ml.explain.fills import fill_of, fill_setting
from ml.explain.method import SCORE, Method, Setting, SettingKind, Settings, Target
from ml.explain.model import ExplainedModel, Space, pictures_a_pass
from ml.inference.preprocessing import Preprocessing, normalised
from ml.progress import Progress, no_progress

Masked = Callable[[int], Images]
"""The picture with something hidden, for the step of that number: (3, s, s)."""


class Occlusion(Method):
    name = "occlusion"
    title = "Partial occlusion"
    sentence = "how far the class's score falls when a window hides this spot"
    paper = "Zeiler & Fergus, 2014"
    signed = True
    settings = (
        Setting(
            name="window",
            title="Window",
            kind=SettingKind.NUMBER,
            default=0.2,
            help="Its side, as a share of the picture's.",
            minimum=0.01,
            maximum=1.0,
            step=0.01,
        ),
        Setting(
            name="strides",
            title="Strides",
            kind=SettingKind.INTEGER,
            default=10,
            help="How many places it is put in, along each side.",
            minimum=2,
            maximum=100,
        ),
        fill_setting("fill", "Filled with", "grey", "What the window shows."),
        Setting(
            name="shows",
            title="Shows",
            kind=SettingKind.CHOICE,
            default="fall",
            help="The fall of the score, or the score that is left: then bright spots are those that do not matter.",
            choices=("fall", "score left"),
        ),
        SCORE,
    )

    def maps(
        self,
        model: ExplainedModel,
        image: Images,
        targets: Sequence[Target],
        settings: Settings,
        *,
        on_progress: Progress = no_progress,
    ) -> FeatureMaps:
        strides = int(settings["strides"])
        windows = _windows(image.shape[-1], float(settings["window"]), strides)
        filling = fill_of(str(settings["fill"]), image, model.preprocessing)

        def hidden(step: int) -> Images:
            rows, columns = windows[step // strides], windows[step % strides]
            masked = image.copy()
            masked[:, rows, columns] = filling[:, rows, columns]
            return masked

        left = _scores(model, image, hidden, strides**2, targets, settings, on_progress)
        if settings["shows"] == "fall":
            whole = _scores(model, image, lambda _: image, 1, targets, settings, no_progress)
            left = whole - left
        return np.ascontiguousarray(left.T.reshape(len(targets), strides, strides))

    def example(self, pixels: Pixels, settings: Settings) -> Pixels:
        """The window in the first place of the middle row, and a dot where each centre is."""
        side, strides = pixels.shape[0], int(settings["strides"])
        windows = _windows(side, float(settings["window"]), strides)
        plain = Preprocessing(size=side, mean=0.0, std=1.0)
        image = normalised(pixels, plain)
        filling = (fill_of(str(settings["fill"]), image, plain).transpose(1, 2, 0) * 255).round().astype(np.uint8)
        shown = pixels.copy()
        middle = windows[(strides - 1) // 2]
        shown[middle, middle] = filling[middle, middle]
        size = max(side // 150, 1)
        for row in _centres(side, strides):
            for column in _centres(side, strides):
                shown[_around(row, size, side), _around(column, size, side)] = (255, 64, 64)
        return shown


class Rise(Method):
    name = "rise"
    title = "RISE"
    sentence = "the score with this spot in sight, over many random masks"
    paper = "Petsiuk, Das & Saenko, 2018"
    settings = (
        Setting("masks", "Masks", SettingKind.INTEGER, 500, "More are surer, and slower.", minimum=16, maximum=8000),
        Setting(
            name="cells",
            title="Cells",
            kind=SettingKind.INTEGER,
            default=7,
            help="Along each side of a mask, before it is scaled up: more are finer, and need more masks.",
            minimum=2,
            maximum=32,
        ),
        Setting(
            name="shown",
            title="Share shown",
            kind=SettingKind.NUMBER,
            default=0.5,
            help="Of the cells of a mask.",
            minimum=0.05,
            maximum=0.95,
            step=0.05,
        ),
        fill_setting("fill", "Filled with", "mean", "What masks hide the rest with."),
        Setting("seed", "Seed", SettingKind.INTEGER, 0, minimum=0, maximum=2**31 - 1),
        Setting(SCORE.name, SCORE.title, SCORE.kind, "probabilities", SCORE.help, choices=SCORE.choices),
    )

    def maps(
        self,
        model: ExplainedModel,
        image: Images,
        targets: Sequence[Target],
        settings: Settings,
        *,
        on_progress: Progress = no_progress,
    ) -> FeatureMaps:
        side, count = image.shape[-1], int(settings["masks"])
        filling = fill_of(str(settings["fill"]), image, model.preprocessing)

        def mask(step: int) -> npt.NDArray[np.float32]:
            return _soft_mask(side, settings, np.random.default_rng([int(settings["seed"]), step]))

        def hidden(step: int) -> Images:
            seen = mask(step)
            return np.asarray(image * seen + filling * (1 - seen), np.float32)

        scores = _scores(model, image, hidden, count, targets, settings, on_progress)
        # Centred, so that a spot that masks happen to show more often does not look important for it.
        weights = scores - scores.mean(axis=0)
        found = np.zeros((len(targets), side, side), np.float64)
        for step in range(count):
            found += weights[step][:, None, None] * mask(step)
        return np.asarray(found / (count * float(settings["shown"])), np.float32)


def _windows(side: int, share: float, strides: int) -> list[slice]:
    """The window at each centre, cut where it leaves the picture."""
    size = max(round(side * share), 1)
    return [_around(centre, size, side) for centre in _centres(side, strides)]


def _centres(side: int, strides: int) -> npt.NDArray[np.float64]:
    """Evenly over the side, half a step from its ends."""
    return (np.arange(strides) + 0.5) * side / strides


def _around(centre: float, size: int, side: int) -> slice:
    start = round(centre - size / 2)
    return slice(max(start, 0), min(start + size, side))


def _soft_mask(side: int, settings: Settings, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """(s, s), 0..1: random cells, scaled up smoothly, and shifted so that no spot always lies on the edge of a cell."""
    cells = int(settings["cells"])
    step = -(-side // cells)
    coarse = (rng.random((cells + 1, cells + 1)) < float(settings["shown"])).astype(np.float32)
    along = np.linspace(0, cells, (cells + 1) * step)
    low = np.minimum(along.astype(int), cells - 1)
    share = (along - low).astype(np.float32)
    rows = coarse[low] * (1 - share)[:, None] + coarse[low + 1] * share[:, None]
    whole = rows[:, low] * (1 - share) + rows[:, low + 1] * share
    top, left = rng.integers(0, step, 2)
    return np.asarray(whole[top : top + side, left : left + side], np.float32)


def _scores(
    model: ExplainedModel,
    image: Images,
    masked: Masked,
    count: int,
    targets: Sequence[Target],
    settings: Settings,
    on_progress: Progress,
) -> npt.NDArray[np.float32]:
    """(count, k): each target's score, less its contrast's, at every step."""
    space: Space = "probabilities" if settings["score"] == "probabilities" else "logits"
    wanted = [target.index for target in targets]
    against = [-1 if target.contrast is None else target.contrast for target in targets]
    out = np.empty((count, len(targets)), np.float32)
    size = pictures_a_pass(image.size)
    for start in range(0, count, size):
        steps = range(start, min(start + size, count))
        scores = model.scores(np.stack([masked(step) for step in steps]), space)
        # A column of zeros for those that argue against nothing.
        padded = np.pad(scores, ((0, 0), (0, 1)))
        out[steps.start : steps.stop] = scores[:, wanted] - padded[:, against]
        on_progress(steps.stop, count)
    return out
