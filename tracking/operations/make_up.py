"""An officer lets a closed year be made up by later study."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from lms.lib.errors import DomainError
from tracking.enums import CeYearKind
from tracking.models import CeYear, MakeUpApproval
from tracking.operations.locks import lock_learner
from tracking.operations.recognition import ReasonMissingError, settle_learner
from tracking.queries import make_up_permitted, standing_of_year

LONGEST_REASON = 300


class MakeUpRefusedError(DomainError):
    """The year is none that an officer may let be made up; the code says why.

    ``not_annual``, ``not_over``, ``met``, ``own`` (nobody decides on years of one's own) or ``not_permitted``.
    """

    code = "not_permitted"


@transaction.atomic
def approve_make_up(*, ce_year_id: int, actor: User, reason: str, now: datetime) -> MakeUpApproval:
    """Let later study make a closed year up, or return the approval that stands (safe to retry).

    Source: 鄂建发展〔2021〕9号 (the year before may be made up with consent). ``reason`` is what the learner reads. The
    learner's years are judged again at once: one that is met by it is marked, and recognised where the policy does so
    by itself. What is studied later is judged under the approval too.

    :raises ReasonMissingError: no reason.
    :raises MakeUpRefusedError: the year is not over, is met, or no policy in reach lets it be made up with approval.
    """
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise ReasonMissingError(_("请写明批准补学的理由，学员会看到这段文字。"))
    lock_learner(CeYear.objects.values_list("learner_id", flat=True).get(pk=ce_year_id))
    year = CeYear.objects.select_related("learner", "post", "authority").get(pk=ce_year_id)
    known: MakeUpApproval | None = MakeUpApproval.objects.filter(ce_year=year).first()
    if known is not None:
        return known
    _check(year, actor, now=now)
    approval = MakeUpApproval.objects.create(ce_year=year, approved_by=actor, approved_at=now, reason=reason)
    record_audit(actor=actor, action="ce_year.approve_make_up", target=year, detail={"reason": reason}, now=now)
    settle_learner(learner_id=year.learner_id, now=now)
    return approval


def _check(year: CeYear, actor: User, *, now: datetime) -> None:
    if year.learner.user_id == actor.pk:
        raise MakeUpRefusedError(_("不能批准本人的补学。"), code="own")
    if year.kind != CeYearKind.ANNUAL:
        raise MakeUpRefusedError(_("换证继续教育没有补学，以截止日期为准。"), code="not_annual")
    if year.closes_on >= timezone.localdate(now):
        raise MakeUpRefusedError(_("该年度还没有结束，可以直接学习。"), code="not_over")
    if standing_of_year(year).met:
        raise MakeUpRefusedError(_("该年度学时已经达标，不需要补学。"), code="met")
    if not make_up_permitted(year, on=timezone.localdate(now)):
        raise MakeUpRefusedError(_("按现行政策，该年度不能经批准补学。"), code="not_permitted")
