"""The machine in; its name out, and what its host took of it."""

import os
import platform
from pathlib import Path

_CPUINFO, _STAT = Path("/proc/cpuinfo"), Path("/proc/stat")
_STEAL = 8  # where a line of /proc/stat has what the host gave to others, in clock ticks


def processor() -> str:
    """The processor's name; Linux does not give it through `platform`."""
    lines = _CPUINFO.read_text().splitlines() if _CPUINFO.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def machine() -> str:
    """Processor, how many of its cores there are, and system."""
    return f"{processor()}, {platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def stolen_s(stat: Path = _STAT) -> float | None:
    """Since the start of the machine, seconds that a core had to do and the host gave to others, over all cores.

    None where the system does not tell.
    """
    try:
        ticks = stat.read_text().split("\n", 1)[0].split()
        return int(ticks[_STEAL]) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return None
