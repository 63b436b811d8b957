"""What of a lesson counts, as stretches to draw and to name."""

from dataclasses import dataclass

from tracking.rules.intervals import Interval, Intervals, clip, subtract, total, union

PICTURE_WIDTH = 1_000
SHORTEST_HOLE_MS = 1_000  # what lies between two reports and is shorter than a second is no loss to explain
MOST_HOLES = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch in the picture: whole units of :data:`PICTURE_WIDTH`, never of no width."""

    x: int
    width: int
    kind: str


@dataclass(frozen=True, slots=True)
class CoveragePicture:
    """A lesson's timeline of ``duration_ms``.

    ``bars`` are of kind ``counted`` or ``provisional``; ``holes`` the first :data:`MOST_HOLES` stretches that were not
    watched, ``more_holes`` how many follow, ``missing_ms`` their whole length with those too short to name.
    """

    duration_ms: int
    counted: Intervals
    provisional: Intervals
    holes: Intervals
    more_holes: int
    bars: tuple[Bar, ...]

    @property
    def counted_ms(self) -> int:
        """Milliseconds that count."""
        return total(self.counted)

    @property
    def provisional_ms(self) -> int:
        """Milliseconds that will count once a challenge is answered."""
        return total(self.provisional)

    @property
    def missing_ms(self) -> int:
        """Milliseconds that were not watched."""
        return self.duration_ms - self.counted_ms - self.provisional_ms


def picture_coverage(*, coverage: Intervals, provisional: Intervals, duration_ms: int) -> CoveragePicture:
    """Draw what counts of a lesson and name what does not.

    Of 60,000 ms covered ((0, 20000), (45000, 60000)) leaves the hole (20000, 45000) and the bars x 0 width 333 and
    x 750 width 250. Provisional time that was counted since is counted; what lies beyond the lesson is left out.
    """
    counted = clip(coverage, 0, duration_ms)
    waiting = subtract(clip(provisional, 0, duration_ms), counted)
    whole: Intervals = ((0, duration_ms),) if duration_ms else ()
    holes = tuple(each for each in subtract(whole, union(counted, waiting)) if each[1] - each[0] >= SHORTEST_HOLE_MS)
    bars = [_bar(piece, "counted", duration_ms) for piece in counted]
    bars += [_bar(piece, "provisional", duration_ms) for piece in waiting]
    return CoveragePicture(
        duration_ms=duration_ms,
        counted=counted,
        provisional=waiting,
        holes=holes[:MOST_HOLES],
        more_holes=len(holes[MOST_HOLES:]),
        bars=tuple(sorted(bars, key=lambda bar: bar.x)),
    )


def _bar(piece: Interval, kind: str, duration_ms: int) -> Bar:
    start, end = (edge * PICTURE_WIDTH // duration_ms for edge in piece)
    return Bar(x=min(start, PICTURE_WIDTH - 1), width=max(1, end - start), kind=kind)
