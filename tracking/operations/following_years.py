"""Annual years follow each other for as long as the certificate lives."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from accounts.operations import record_audit
from courses.queries import policy_book
from lms.lib.errors import DomainError
from tracking.models import CeYear
from tracking.operations.healing import heal_each
from tracking.operations.locks import lock_learner, lock_learners
from tracking.operations.year_rows import Holder, write_years, year_facts
from tracking.queries import annual_chains, chain_key, lapses_before, policy_key, unfollowed_years, window_after
from tracking.rules.ce_windows import CertificateOrigin, CeWindow


class NoYearFollowsError(DomainError):
    """No year of continuing education follows, or not yet.

    ``lapsed``: the certificate is no longer valid by the rolling test. ``undecided``: the year is not over and, without
    further study, it would be.
    """

    code = "lapsed"


@transaction.atomic
def open_following_year(*, ce_year_id: int, now: datetime) -> CeYear:
    """Open the annual year that follows another, or return the one that follows (safe to retry, exactly once).

    It opens the day after, met or not, and is counted from the certificate's anchor. It is opened ahead of its first
    day only where nothing that may still happen could keep it from coming.

    :raises NoYearFollowsError: the certificate lapses, or may yet.
    """
    (answer,) = _followed([ce_year_id], now=now).values()
    if isinstance(answer, CeYear):
        return answer
    lapsed_after, window = answer
    code = "lapsed" if window.opens_on <= timezone.localdate(now) else "undecided"
    text = _("证书有效期止于 {day}：滚动考核学时不足，不再开放新的继续教育年度。")
    raise NoYearFollowsError(text.format(day=lapsed_after.isoformat()), code=code)


@transaction.atomic
def open_following_years(*, ce_year_ids: Collection[int], now: datetime) -> int:
    """:func:`open_following_year` for several, in as many statements as for one; returns after how many one follows."""
    return sum(isinstance(answer, CeYear) for answer in _followed(ce_year_ids, now=now).values())


def open_due_years(*, now: datetime, limit: int = 500) -> int:
    """Open the following year of every annual year that is over, met or not; returns how many years were opened.

    Where the certificate has lapsed no year follows: that is written down once, and asked again a week later, because a
    policy may change it; at once after hours entered late or an approval (:func:`settle_learner`). At most ``limit``
    years are looked at, those first that were not asked yet; each by itself.
    """
    due = unfollowed_years(timezone.localdate(now), limit=limit)
    opened: list[CeYear] = []
    heal_each(due, lambda pk: opened.extend(_follow(pk, now=now)))
    return len(opened)


def _follow(ce_year_id: int, *, now: datetime) -> list[CeYear]:
    """Open every year up to today's after one that is over; one that another process opened is among them."""
    today = timezone.localdate(now)
    year: CeYear | None = CeYear.objects.get(pk=ce_year_id)
    opened: list[CeYear] = []
    while year is not None and year.closes_on < today:
        year = _opened_or_lapsed(year, now=now)
        opened += [year] if year else []
    return opened


@transaction.atomic
def _opened_or_lapsed(year: CeYear, *, now: datetime) -> CeYear | None:
    """The year that follows; or None, and it is written down, once, that the certificate has lapsed.

    Under one lock of the learner: hours entered meanwhile are either seen here or asked about again.
    """
    lock_learner(year.learner_id)
    try:
        return open_following_year(ce_year_id=year.pk, now=now)
    except NoYearFollowsError as error:
        CeYear.objects.filter(pk=year.pk).update(unfollowed_since=timezone.localdate(now))
        target = f"{year._meta.label_lower}:{year.uuid}"
        if not AuditEntry.objects.filter(action="ce_year.lapse", target=target).exists():
            detail = {"reason": str(error)}
            record_audit(actor=None, action="ce_year.lapse", target=year, detail=detail, now=now)
        return None


_Lapse = tuple[date, CeWindow]
_Next = tuple[CeWindow, date, CertificateOrigin]


def _followed(ce_year_ids: Collection[int], *, now: datetime) -> dict[int, CeYear | _Lapse]:
    """What follows each year, by its key: a year, or the day after which the certificate lapses before which window.

    :raises CeYear.DoesNotExist: there is no such year.
    """
    years = list(CeYear.objects.select_related("authority", "learner", "post").filter(pk__in=ce_year_ids))
    if len(years) < len(set(ce_year_ids)):
        raise CeYear.DoesNotExist
    lock_learners(year.learner_id for year in years)
    chains = annual_chains(years)
    answers: dict[int, CeYear | _Lapse] = {}
    last = []
    for year in years:
        later = [each for each in chains[chain_key(year)] if each.opens_on > year.opens_on]
        if later:
            answers[year.pk] = later[0]
        else:
            last.append(year)
    if last:
        windows = [window_after(year) for year in last]
        asked = [(chains[chain_key(year)], window) for year, (window, _, _) in zip(last, windows, strict=True)]
        coming = []
        for year, following, lapsed_after in zip(last, windows, lapses_before(asked), strict=True):
            if lapsed_after is None:
                coming.append((year, following))
            else:
                answers[year.pk] = (lapsed_after, following[0])
        answers |= _opened(coming, now=now)
    followed = [pk for pk, answer in answers.items() if isinstance(answer, CeYear)]
    CeYear.objects.filter(pk__in=followed, unfollowed_since__isnull=False).update(unfollowed_since=None)
    return answers


def _opened(coming: Sequence[tuple[CeYear, _Next]], *, now: datetime) -> dict[int, CeYear]:
    """Open the window that follows each year, by the key of the year before it."""
    book = policy_book({year.authority for year, _ in coming})
    fresh = []
    for year, (window, anchor_on, origin) in coming:
        policy_id = policy_key(book.in_force(authority=year.authority, on=window.opens_on))
        holder = Holder(learner=year.learner, post=year.post, authority=year.authority)
        facts = year_facts(window, policy_id, anchor_on=anchor_on, origin=origin, now=now)
        fresh.append(CeYear(**holder, **facts))
    opened = write_years(fresh, now=now)
    return {year.pk: follower for (year, _), follower in zip(coming, opened, strict=True)}
