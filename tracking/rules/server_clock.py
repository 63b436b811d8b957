"""How much time has passed on the server, by a clock that nobody can set.

The wall clock steps: an administrator sets it, a virtual machine wakes up. The clock that counts since the machine was
started does not, and all processes of one machine share it. A lease therefore keeps the reading of that clock at its
last report; only between two machines (or over a restart) does the wall clock decide, and then never for more than
:data:`BLIND_MS` at a time.
"""

from dataclasses import dataclass
from datetime import datetime

BLIND_MS = 60_000


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One look at the clocks. ``boot`` names the start of the machine, ``monotonic_ms`` counts since then.

    ``wall_ms`` is the time of day in milliseconds of the epoch.
    """

    boot: str
    monotonic_ms: int
    wall_ms: int


def reading_of(now: datetime) -> ClockReading:
    """The reading of a world in which the wall clock is the only one and can be trusted: tests, what-ifs."""
    wall_ms = epoch_ms(now)
    return ClockReading(boot="wall", monotonic_ms=wall_ms, wall_ms=wall_ms)


def elapsed_between(*, boot: str, clock_ms: int, heard_ms: int, now: ClockReading) -> int:
    """Milliseconds from an earlier reading (``heard_ms`` was its wall clock) to ``now``; never negative.

    On the same machine since the same start: exactly what its clock counted, whatever the wall clock did meanwhile. On
    another one: what the wall clocks say, at most a minute.
    """
    if boot == now.boot:
        return max(0, now.monotonic_ms - clock_ms)
    return max(0, min(BLIND_MS, now.wall_ms - heard_ms))


def epoch_ms(at: datetime) -> int:
    """Milliseconds of the epoch, to the nearest."""
    return round(at.timestamp() * 1000)
