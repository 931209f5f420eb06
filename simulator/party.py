"""Several players, each in a desktop of its own, on one device: what the model looks at in every frame of everyone it
looks at in one batch; each one's change is drawn and painted alone, for most have none."""

import time
from collections.abc import Sequence

from models.engine import look_together
from recorder.actions import Action
from simulator.dream import Dream
from simulator.world import Step


class Party:
    """`worlds`, each with its own screen, past, prompt and seed, which are set as those of any `World`.

    What a player is shown does not depend on the others, but for rounding.
    """

    def __init__(self, worlds: Sequence[Dream]) -> None:
        """Twins, at least one."""
        assert worlds
        self.worlds = list(worlds)

    @classmethod
    def of(cls, dream: Dream, players: int) -> "Party":
        """The first player's world, and twins of it. Raises ValueError for no players."""
        if players < 1:
            raise ValueError(f"{players} players are no party; ask for 1 or more")
        return cls([dream, *(dream.twin() for _ in range(players - 1))])

    def step(self, actions: Sequence[Action]) -> list[Step]:
        """The next frame of each world after the action of its player, who has an equal share in the common look."""
        begun_s = time.perf_counter()
        engines = [world.engine for world in self.worlds]
        looks = look_together(engines, actions, [world.guidance for world in self.worlds])
        look_ms = (time.perf_counter() - begun_s) * 1e3 / len(looks)
        return [world.follow(look, look_ms) for world, look in zip(self.worlds, looks, strict=True)]
