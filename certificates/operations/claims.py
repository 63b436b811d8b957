"""A learner finds the old certificate."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, Learner
from accounts.operations import record_audit
from certificates.enums import HoldingKind
from certificates.models import HolderRecord, Holding
from certificates.operations.events import record_claim
from certificates.rules.roster import normalise_number
from lms.lib.errors import DomainError
from lms.lib.list_cells import normalise_name
from lms.lib.masking import without_id_number
from lms.lib.own_language import own_language
from tracking.enums import CeYearKind
from tracking.operations import open_ce_year

FAILED_CLAIMS_AN_HOUR = 10


class ClaimRefusedError(DomainError):
    """The old certificate was not handed over; the message says what the learner can do."""

    code = "claim_refused"


def claim_holding(*, learner: Learner, number: str, full_name: str, now: datetime) -> Holding:
    """Tie an old certificate to the learner and open its year of continuing education; doing it again changes nothing.

    Number, name and the learner's registered identity number must all agree with the authority's list. Which of them
    does not is not said: the list is no place to look people up. Refusals are counted, ten an hour at most.

    :raises ClaimRefusedError: no match, claimed by someone else, or too many refusals.
    """
    since = now - timedelta(hours=1)
    refusals = AuditEntry.objects.filter(actor=learner.user, action="holding.claim_refused", at__gt=since).count()
    if refusals >= FAILED_CLAIMS_AN_HOUR:
        raise ClaimRefusedError(_("核对失败次数过多，请一小时后再试"), code="too_many")
    record = _matching_record(learner, number, full_name)
    if record is None:
        detail = {"number": without_id_number(normalise_number(number))[:60]}
        record_audit(actor=learner.user, action="holding.claim_refused", target=learner, detail=detail, now=now)
        raise ClaimRefusedError(
            _(
                "没有找到证书编号、姓名和证件号码都相符的证书。请对照旧证书核对编号和姓名；"
                "仍查不到的，可能是发证地尚未上传名册，请联系原发证的主管部门。"
            ),
            code="no_match",
        )
    return _hand_over(learner=learner, record_id=record.pk, now=now)


def _matching_record(learner: Learner, number: str, full_name: str) -> HolderRecord | None:
    wanted = normalise_name(full_name)
    if wanted != normalise_name(learner.full_name):
        return None
    matches = HolderRecord.objects.filter(
        number=normalise_number(number), id_digest=learner.id_digest, full_name=wanted
    ).order_by("pk")
    return matches.first()  # two authorities may have listed the same certificate: the older record serves


@transaction.atomic
def _hand_over(*, learner: Learner, record_id: int, now: datetime) -> Holding:
    Learner.objects.select_for_update(no_key=True).get(pk=learner.pk)  # two claims of one person: one by one
    record = HolderRecord.objects.select_for_update(of=("self",)).select_related("authority", "post").get(pk=record_id)
    earlier = Holding.objects.filter(record=record).first()
    if earlier is not None:
        if earlier.learner_id == learner.pk:
            return earlier
        raise ClaimRefusedError(_("该证书已被其他账号认领。如非本人操作，请联系原发证的主管部门。"), code="claimed")
    if Holding.objects.filter(learner=learner, authority=record.authority, post=record.post).exists():
        raise ClaimRefusedError(
            _("您已认领过“%(post)s”岗位的证书，同一岗位只需换发一本。") % {"post": own_language(record.post)},
            code="post_twice",
        )
    holding = Holding.objects.create(
        learner=learner,
        authority=record.authority,
        post=record.post,
        kind=HoldingKind.LEGACY,
        record=record,
        number=record.number,
        institution_name=record.institution_name,
        issued_on=record.issued_on,
        claimed_at=now,
    )
    record_claim(holding=holding, actor=learner.user, now=now)
    open_ce_year(
        learner=learner,
        post=record.post,
        authority=record.authority,
        kind=CeYearKind.RENEWAL,
        issued_on=record.issued_on,
        now=now,
    )
    record_audit(actor=learner.user, action="holding.claim", target=holding, detail={"number": record.number}, now=now)
    return holding
