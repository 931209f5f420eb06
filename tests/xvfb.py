"""An X server of one's own: a size in, a display's name out."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def xvfb(size_px: tuple[int, int]) -> Iterator[str]:
    """The name of a display of (width, height), for as long as the block lasts.

    Raises ValueError, with the remedy, where Xvfb is missing or does not start.
    """
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{size_px[0]}x{size_px[1]}x24"]
    try:
        server = subprocess.Popen(
            [*command, "-nolisten", "tcp", "-noreset"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
    except FileNotFoundError as error:
        raise ValueError("Xvfb is missing: apt-get install --no-install-recommends xvfb") from error
    assert server.stdout is not None
    try:
        number = server.stdout.readline().strip()
        if not number:
            raise ValueError("Xvfb did not start: run it by hand to see why")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
