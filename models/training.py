"""One training loop for every stage: Muon and AdamW, EMA, clipping, a time budget, exact resume.

A stage is anything with a module and `loss(batch index) -> (loss, logs)`. The batch of step k depends on the seed
and k alone, and the state holds everything else, so that a resumed run takes the same steps as one that was never
stopped.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from tqdm import tqdm

from models.checkpoint import written_whole
from models.parallel import ALONE, Ranks
from recorder.clock import Clock

NOT_HIDDEN = ("_linear", "event_kind", "event_age", "patch_place", "piece_place", "rank_place", "say", "no_text")
STATE, LOG = "state.safetensors", "log.jsonl"


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """`minutes` is the whole budget, over all resumes; the rate warms up and cools down as shares of it."""

    minutes: float
    seed: int = 0
    muon_rate: float = 0.02
    adam_rate: float = 1e-3
    warmup_steps: int = 50
    cooldown: float = 0.4
    clip: float = 1.0
    ema: float = 0.99
    save_minutes: float = 3.0
    log_steps: int = 10


@runtime_checkable
class Stage(Protocol):
    """What the loop trains."""

    @property
    def module(self) -> nn.Module: ...

    def loss(self, step: int) -> tuple[Tensor, dict[str, float]]:
        """The loss of the step's own batch, and what to log."""
        ...


def is_hidden_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Whether Muon takes it: weight matrices of hidden layers, not embeddings, places or the linear shortcut.

    NOT_HIDDEN lists what is in the names of those.
    """
    named = not any(word in name for word in NOT_HIDDEN)
    return named and parameter.ndim == 2 and min(parameter.shape) >= 64


class Trainer:
    """Runs a stage until its budget is spent; `folder` holds the state."""

    def __init__(self, stage: Stage, config: TrainConfig, folder: Path, clock: Clock, ranks: Ranks = ALONE) -> None:
        self.stage, self.config, self.folder, self._clock, self._ranks = stage, config, folder, clock, ranks
        self.step, self.minutes = 0, 0.0
        named = dict(stage.module.named_parameters())
        matrices = {name: parameter for name, parameter in named.items() if is_hidden_matrix(name, parameter)}
        rest = [parameter for name, parameter in named.items() if name not in matrices]
        self.optimizers: list[tuple[torch.optim.Optimizer, float]] = [
            (torch.optim.AdamW(rest, lr=config.adam_rate, betas=(0.9, 0.98), weight_decay=0.0), config.adam_rate)
        ]
        if matrices:
            muon = ranks.split_optimizer(
                torch.optim.Muon, list(matrices.values()), lr=config.muon_rate, weight_decay=0.0
            )
            self.optimizers.append((muon, config.muon_rate))
        self.ema = {name: parameter.detach().clone() for name, parameter in named.items()}
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, save: Callable[["Trainer"], None], progress: bool = True) -> None:
        """Train until the budget is spent; `save` is called with every state that is written."""
        last_ns = self._clock.now_ns()
        unsaved = 0.0
        begin_step, begin_minutes = self.step, self.minutes
        with tqdm(
            total=self.config.minutes,
            initial=min(self.minutes, self.config.minutes),
            unit="min",
            mininterval=1.0,
            disable=not (progress and self._ranks.first),
        ) as bar:
            bar.bar_format = "{desc}{percentage:3.0f}%|{bar}| {n:.1f}/{total:.1f} min, {remaining} left{postfix}"
            while self.minutes < self.config.minutes:
                logs = self.train_step()
                now_ns = self._clock.now_ns()
                spent, last_ns = self._ranks.agree((now_ns - last_ns) / 6e10), now_ns
                self.minutes += spent
                unsaved += spent
                bar.update(min(spent, bar.total - bar.n))
                if self.step % self.config.log_steps == 0 and self._ranks.first:
                    self._log(logs)
                    rate = (self.step - begin_step) / max(self.minutes - begin_minutes, 1e-9)
                    shown = {"steps/min": f"{rate:.3g}"} | {name: f"{value:.3f}" for name, value in logs.items()}
                    bar.set_postfix(shown, refresh=False)
                if unsaved >= self.config.save_minutes:
                    self._keep(save)
                    unsaved = 0.0
        self._keep(save)

    def _keep(self, save: Callable[["Trainer"], None]) -> None:
        for optimizer, _ in self.optimizers:
            self._ranks.gather_state(optimizer)
        if self._ranks.first:
            self.write_state()
            save(self)

    def train_step(self) -> dict[str, float]:
        """One step; returns what to log."""
        for optimizer, rate in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = rate * self.rate_factor()
        loss, logs = self.stage.loss(self.step)
        for optimizer, _ in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._ranks.average_gradients(self.stage.module)
        norm = nn.utils.clip_grad_norm_(self.stage.module.parameters(), self.config.clip)
        for optimizer, _ in self.optimizers:
            optimizer.step()
        self._average()
        self.step += 1
        return {"loss": float(loss.detach()), "gradient_norm": float(norm), **logs}

    def rate_factor(self) -> float:
        """Linear warm-up by steps, then constant, then linear to zero over the last share of the budget."""
        left = max(0.0, 1 - self.minutes / self.config.minutes)
        return min(1.0, (self.step + 1) / self.config.warmup_steps, max(0.01, left / self.config.cooldown))

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
        for name, parameter in self.stage.module.named_parameters():
            self.ema[name].lerp_(parameter, 1 - decay)

    def write_state(self) -> None:
        """Write everything that the next step depends on; ValueError where the disk is full."""
        tensors = {f"model.{name}": value for name, value in self.stage.module.state_dict().items()}
        tensors |= {f"ema.{name}": value for name, value in self.ema.items()}
        for place, (optimizer, _) in enumerate(self.optimizers):
            for index, values in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{place}.{index}.{key}": value for key, value in values.items()}
        tensors["minutes"] = torch.tensor(self.minutes, dtype=torch.float64)
        tensors["step"] = torch.tensor(self.step)
        with written_whole(self.folder / STATE) as beside:
            save_file({name: value.detach().clone().contiguous() for name, value in tensors.items()}, beside)

    def resume(self) -> None:
        """Continue from the folder's state.

        Raises ValueError where there is none, or it is damaged or belongs to another model.
        """
        path = self.folder / STATE
        if not path.is_file():
            raise ValueError(f"{self.folder} holds no training to resume; leave out --resume")
        try:
            tensors = load_file(path)
            self.minutes, self.step = float(tensors.pop("minutes")), int(tensors.pop("step"))
        except (OSError, SafetensorError, KeyError) as error:
            raise ValueError(f"{path} is damaged; leave out --resume to train anew") from error
        try:
            self.stage.module.load_state_dict(_under(tensors, "model."))
        except RuntimeError as error:
            raise ValueError(f"{path} belongs to a model of other sizes; train in another folder") from error
        self.ema = _under(tensors, "ema.")
        for place, (optimizer, _) in enumerate(self.optimizers):
            state: dict[int, dict[str, Tensor]] = {}
            for name, value in _under(tensors, f"optimizer.{place}.").items():
                index, key = name.split(".", 1)
                state.setdefault(int(index), {})[key] = value
            optimizer.load_state_dict({"state": state, "param_groups": _numbered(optimizer)})

    def _log(self, logs: dict[str, float]) -> None:
        row = {"step": self.step, "minutes": round(self.minutes, 3), **{k: round(v, 5) for k, v in logs.items()}}
        with (self.folder / LOG).open("a") as file:
            file.write(json.dumps(row) + "\n")


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _numbered(optimizer: torch.optim.Optimizer) -> list[dict[str, Any]]:
    """The one parameter group with numbers for parameters, as in a state dict."""
    (group,) = optimizer.param_groups
    return [group | {"params": list(range(len(group["params"])))}]
