"""How often one learner may begin to study: no script fills the table of leases, or asks for a new one on and on."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import ngettext

from lms.lib.errors import DomainError
from tracking.models import PlayLease

MOST_LEASES_AN_HOUR = 300  # five a minute: more than anybody presses, also where every lesson is short
HOUR = timedelta(hours=1)


class TooManyLeasesError(DomainError):
    """The learner began to study too often within an hour; ``retry_after`` is how long to wait."""

    code = "too_many_leases"

    def __init__(self, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        minutes = -(-retry_after // timedelta(minutes=1))
        message = ngettext(
            "一小时内开始学习的次数过多，请在 {minutes} 分钟后再按播放。已计入的时间不受影响。",
            "一小时内开始学习的次数过多，请在 {minutes} 分钟后再按播放。已计入的时间不受影响。",
            minutes,
        )
        super().__init__(message.format(minutes=minutes))


def refuse_too_many_leases(learner_id: int, now: datetime) -> None:
    """Count the leases that the learner opened in the hour up to ``now``, in all lessons: one statement.

    Requests at the very same moment may pass together; only one of them gets the lease.

    :raises TooManyLeasesError: there are :data:`MOST_LEASES_AN_HOUR` of them.
    """
    recent = PlayLease.objects.filter(learner_id=learner_id, opened_at__gt=now - HOUR).order_by("-opened_at")
    last_place = recent.values_list("opened_at", flat=True)[MOST_LEASES_AN_HOUR - 1 : MOST_LEASES_AN_HOUR]
    for opened_at in last_place:
        raise TooManyLeasesError(opened_at + HOUR - now)
