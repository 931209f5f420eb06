"""Keys that events left held and that the keyboard does not hold in; those that must have been released out."""


class StuckKeys:
    """A release that nobody saw, as when the focus went to another console, would leave a key held for ever.

    A key is stuck when two looks in a row miss it: at one look its release may still be on its way.
    """

    def __init__(self) -> None:
        self._missing: set[int] = set()

    @property
    def suspected(self) -> bool:
        """Whether the last look missed a key."""
        return bool(self._missing)

    def look(self, held: set[int], down: set[int]) -> set[int]:
        """`held` is what the events say and `down` what the keyboard holds; the stuck ones."""
        missing = held - down
        stuck = missing & self._missing
        self._missing = missing - stuck
        return stuck
