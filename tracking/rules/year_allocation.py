"""To which year each earned minute goes, where neighbouring years may help each other.

Years are taken oldest first. Entries studied for an earlier year are offered to it; then the year itself takes what
it needs; what it cannot use makes up the years before it, oldest first, where the policy of the year of study allows
it (and the year's make-up is approved, where approval is asked); what is then left goes into the next year where
hours may be carried over, and nowhere where not. Only sums per year and block enter, so the order of crediting cannot
matter.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lms.lib.hour_rules import HourRules
from tracking.rules.ce_windows import CeWindow
from tracking.rules.credit_entries import BlockMinutes, CreditEntry, sum_minutes
from tracking.rules.year_state import NOTHING, YearNeed, need_of, take


@dataclass(slots=True)
class YearShare:
    """What one year got and gave, filled in while the years are gone through.

    ``own`` was studied for the year itself, ``for_earlier`` for an earlier one, by its label.
    """

    need: YearNeed
    own: BlockMinutes
    for_earlier: dict[int, BlockMinutes]
    counted: BlockMinutes = NOTHING
    made_up: BlockMinutes = NOTHING
    carried_in: BlockMinutes = NOTHING
    given_minutes: int = 0
    unused: BlockMinutes = NOTHING

    def give(self, offered: BlockMinutes, receiver: "YearShare") -> BlockMinutes:
        """Make up what an earlier year is missing; what that year cannot use is returned."""
        taken = take(receiver.need, receiver.counted, offered)
        receiver.counted += taken
        receiver.made_up += taken
        self.given_minutes += taken.total
        return offered - taken


def permits_make_up(rules: HourRules, years_back: int) -> bool:
    """Whether study in a year under ``rules`` may make up the year ``years_back`` before it."""
    return rules.make_up_allowed and 1 <= years_back <= rules.make_up_years_back


def allocate(
    years: Sequence[tuple[CeWindow, HourRules]],
    entries: Sequence[Sequence[CreditEntry]],
    approved: AbstractSet[int],
) -> list[YearShare]:
    """Go through consecutive ``years``, oldest first; ``entries`` are those of each year that count for the post.

    ``approved`` holds the labels of the years whose make-up was approved.
    """
    shares = [_share(window, rules, own) for (window, rules), own in zip(years, entries, strict=True)]
    for index, (_, rules) in enumerate(years):
        share = shares[index]
        earlier = {years[index - back][0].label: shares[index - back] for back in _open_to(years, index, approved)}
        left = share.own
        for label, offered in share.for_earlier.items():
            left += share.give(offered, earlier[label]) if label in earlier else offered
        kept = take(share.need, share.counted, left)
        share.counted += kept
        left -= kept
        for receiver in earlier.values():
            left = share.give(left, receiver)
        if rules.carry_over and index + 1 < len(shares):
            left = _carry(left, share, shares[index + 1])
        share.unused = left
    return shares


def _open_to(years: Sequence[tuple[CeWindow, HourRules]], index: int, approved: AbstractSet[int]) -> list[int]:
    """How many years back study in year ``index`` may go, furthest first."""
    rules = years[index][1]
    return [
        back
        for back in range(min(index, rules.make_up_years_back), 0, -1)
        if permits_make_up(rules, back)
        and (not rules.make_up_needs_approval or years[index - back][0].label in approved)
    ]


def _share(window: CeWindow, rules: HourRules, entries: Sequence[CreditEntry]) -> YearShare:
    labels = {entry.makes_up_for for entry in entries if entry.makes_up_for is not None}
    return YearShare(
        need=need_of(window, rules),
        own=sum_minutes(entry for entry in entries if entry.makes_up_for is None),
        for_earlier={
            label: sum_minutes(entry for entry in entries if entry.makes_up_for == label) for label in sorted(labels)
        },
    )


def _carry(left: BlockMinutes, share: YearShare, following: YearShare) -> BlockMinutes:
    """Carry into the next year what its own study leaves open; the rest is returned."""
    own = following.own
    for offered in following.for_earlier.values():
        own += offered
    taken = take(following.need, take(following.need, NOTHING, own), left)
    following.counted += taken
    following.carried_in += taken
    share.given_minutes += taken.total
    return left - taken
