"""What h5py raises over a damaged file in, one sentence with the file's name and the remedy out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# h5py lets through whatever the broken bytes provoke: a missing link, a wrong type, an absurd size, bad UTF-8.
ANY_COMPLAINT = (
    OSError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    ArithmeticError,
    MemoryError,
    AttributeError,
)


@contextmanager
def in_one_sentence(path: Path, what: str, complaints: tuple[type[Exception], ...] = ANY_COMPLAINT) -> Iterator[None]:
    """Around reading `what` of `path`: a complaint of h5py becomes a ValueError that says what to do."""
    try:
        yield
    except complaints as error:
        raise ValueError(
            f"{path} is damaged: can't read {what}; copy it again from its source or record it again"
        ) from error
