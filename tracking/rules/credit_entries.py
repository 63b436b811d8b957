"""Credit as the hours rules see it: plain values, in whole minutes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self, TypeAlias, cast
from uuid import UUID

from lms.lib.hour_rules import HourRules

Block: TypeAlias = Literal["common", "professional"]


@dataclass(frozen=True, slots=True)
class CreditEntry:
    """One line of the ledger. ``minutes`` is negative in a counter-entry, which bears the day of what it takes back.

    ``post`` None means that the entry counts for every post held: so the common block is recorded where it is shared.
    Professional credit always belongs to one post. ``makes_up_for`` is the label of an earlier year that it was studied
    for; it is offered to that year first, and what that year cannot use counts where it was earned. ``lesson_key`` is
    the lesson's, whatever the edition, None for what is no lesson; ``is_reversed`` says that a counter-entry stands.
    """

    earned_on: date
    minutes: int
    block: Block
    post: str | None = None
    makes_up_for: int | None = None
    lesson_key: UUID | None = None
    is_reversed: bool = False

    def __post_init__(self) -> None:
        if self.block == "professional" and self.post is None:
            raise ValueError("professional credit belongs to one post")


@dataclass(frozen=True, slots=True)
class BlockMinutes:
    """Minutes by block."""

    common: int = 0
    professional: int = 0

    @property
    def total(self) -> int:
        """Both blocks together."""
        return self.common + self.professional

    def __add__(self, other: Self) -> "BlockMinutes":
        return BlockMinutes(self.common + other.common, self.professional + other.professional)

    def __sub__(self, other: Self) -> "BlockMinutes":
        return BlockMinutes(self.common - other.common, self.professional - other.professional)


def counts_for(entry: CreditEntry, post: str, rules: HourRules) -> bool:
    """Whether an entry counts for ``post``: its own, every post's, or common credit that the policy shares."""
    if entry.post is None or entry.post == post:
        return True
    return entry.block == "common" and rules.share_common_block


def once_a_lesson(entries: Sequence[CreditEntry]) -> list[CreditEntry]:
    """The same entries with each lesson counted once, by the earliest day on which it was earned and not taken back.

    ``entries`` are those of one window. The ledger keeps a lesson from being written twice; should it stand there twice
    all the same, it still earns once. Entries taken back stay beside their counter-entries: together they are nothing.
    """
    first: dict[UUID, int] = {}
    for index, entry in sorted(enumerate(entries), key=lambda item: (item[1].earned_on, item[0])):
        if _claims_lesson(entry):
            first.setdefault(cast(UUID, entry.lesson_key), index)
    chosen = set(first.values())
    return [entry for index, entry in enumerate(entries) if index in chosen or not _claims_lesson(entry)]


def _claims_lesson(entry: CreditEntry) -> bool:
    return entry.lesson_key is not None and entry.minutes > 0 and not entry.is_reversed


def sum_minutes(entries: Iterable[CreditEntry]) -> BlockMinutes:
    """Minutes by block; counter-entries never make a block negative."""
    sums = {"common": 0, "professional": 0}
    for entry in entries:
        sums[entry.block] += entry.minutes
    return BlockMinutes(max(0, sums["common"]), max(0, sums["professional"]))
