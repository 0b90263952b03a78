"""The part of a model that learns: the backbone's last stages and the head, with their rates.

BatchNorm keeps the statistics of its pretraining: a batch of a few unbalanced pictures would estimate them badly.
Rates may fall towards the input (Howard & Ruder, 2018), since early stages hold what is general. The head starts from
zero at a higher rate, and anew when the classes change.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from ml.heads import LinearHead
from ml.training.processes import Team
from ml.training.stages import FineTuneConfig, Loss, precision_on

State = dict[str, Any]


class _Network(nn.Module):
    """Stages that learn, the mean over the picture, the head; in evaluation mode throughout."""

    def __init__(self, stages: Sequence[nn.Module], head: nn.Linear) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)
        self.head = head

    def forward(self, features: Tensor) -> Tensor:
        for stage in self.stages:
            features = stage(features)
        out: Tensor = self.head(features.mean(dim=(2, 3)))
        return out


class Learner:
    """`stages` are the tuned backbone's own: training changes them in place. A network that learns in several processes
    is wrapped anew whenever another part of it begins to learn.
    """

    def __init__(self, stages: Sequence[nn.Module], width: int, config: FineTuneConfig, team: Team) -> None:
        self._config, self._team, self._width = config, team, width
        self._network = _Network(stages, nn.Linear(width, 1)).to(team.device).eval()
        self._dtype = precision_on(team.device, config.precision)
        self._classes: tuple[str, ...] = ()

    def begin(self, classes: Sequence[str]) -> None:
        """A training stage starts: with a head of zeros where the classes are others than before."""
        if tuple(classes) != self._classes:
            self._classes = tuple(classes)
            head = nn.Linear(self._width, len(classes), device=self._team.device)
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)
            self._network.head = head
        stages, config = self._network.stages, self._config
        rates = [config.stage_rate * config.rate_decay**depth for depth in reversed(range(len(stages)))]
        groups = [{"params": list(s.parameters()), "lr": rate} for s, rate in zip(stages, rates, strict=True)]
        groups.append({"params": list(self._network.head.parameters()), "lr": config.head_rate})
        self._optimiser = torch.optim.AdamW(groups, weight_decay=config.weight_decay)
        self._scaler = torch.amp.GradScaler(self._team.device.type, enabled=self._dtype == torch.float16)
        self._unfrozen = -1

    def unfreeze(self, epoch: int) -> None:
        """Let as many stages learn as this epoch, counted from 0, is for."""
        every, stages = self._config.unfreeze_every, self._network.stages
        unfrozen = len(stages) if every == 0 else min(epoch // every, len(stages))
        if unfrozen == self._unfrozen:
            return
        self._unfrozen = unfrozen
        for place, stage in enumerate(stages):
            stage.requires_grad_(place >= len(stages) - unfrozen)
        self._parallel: nn.Module = self._network
        if self._team.size > 1:
            self._parallel = DistributedDataParallel(self._network)

    @property
    def all_learn_from(self) -> int:
        """Epochs until the last stage joins."""
        return self._config.unfreeze_every * len(self._network.stages)

    def step(self, features: Tensor, targets: Tensor, loss: Loss, batch_size: int) -> None:
        """One step on this process's share of a batch of `batch_size`: the gradient is that of the batch's mean."""
        self._optimiser.zero_grad()
        # Several processes average their gradients, so each counts its share as many times.
        total = loss(self._run(self._parallel, features), targets.to(self._team.device)).sum()
        self._scaler.scale(total * (self._team.size / batch_size)).backward()  # type: ignore[no-untyped-call]
        self._scaler.step(self._optimiser)
        self._scaler.update()

    def logits(self, features: Tensor) -> Tensor:
        with torch.no_grad():
            return self._run(self._network, features).cpu()

    def _run(self, network: nn.Module, features: Tensor) -> Tensor:
        device = self._team.device
        with torch.autocast(device.type, self._dtype, enabled=self._dtype != torch.float32):
            out: Tensor = network(features.to(device))
        return out.float()

    def weights(self) -> State:
        return {name: tensor.detach().clone() for name, tensor in self._network.state_dict().items()}

    def restore(self, weights: State) -> None:
        self._network.load_state_dict(weights)

    def state(self) -> State:
        """All that the next step depends on."""
        return {
            "weights": self._network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "scaler": self._scaler.state_dict(),
        }

    def load(self, state: State) -> None:
        """After `begin` with the classes that it was saved under."""
        self._network.load_state_dict(state["weights"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._scaler.load_state_dict(state["scaler"])

    def linear_head(self, shift: npt.NDArray[np.float64], temperature: float) -> LinearHead:
        weights, bias = (tensor.detach().cpu().numpy() for tensor in self._network.head.parameters())
        return LinearHead(weights.copy(), np.asarray(bias + shift, np.float32), temperature)
