"""A learner says that time was not counted rightly; a person answers."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from courses.models import Lesson
from lms.lib.errors import DomainError
from lms.lib.masking import without_id_number
from tracking.enums import DisputeState
from tracking.models import Dispute, Enrolment
from tracking.queries.why import lesson_story

SHORTEST_TEXT = 10
LONGEST_TEXT = 1_000


class DisputeRefusedError(DomainError):
    """The dispute cannot be filed or answered so; the message says what to do."""

    code = "dispute_refused"


@transaction.atomic
def file_dispute(*, enrolment: Enrolment, lesson: Lesson, text: str, now: datetime) -> Dispute:
    """File a dispute on one lesson, with the facts as they stand; the same text again returns the first.

    What looks like an identity number in the text is masked.

    :raises DisputeRefusedError: fewer than 10 or more than 1,000 characters, or another one waits for its answer.
    """
    text = without_id_number(text.strip())
    if not SHORTEST_TEXT <= len(text) <= LONGEST_TEXT:
        raise DisputeRefusedError(
            _("请写明是哪一段时间、您认为应当怎样计，{least} 至 {most} 个字。").format(
                least=SHORTEST_TEXT, most=LONGEST_TEXT
            ),
            code="text_length",
        )
    dispute = Dispute(
        learner_id=enrolment.learner_id,
        authority_id=enrolment.ce_year.authority_id,
        enrolment=enrolment,
        lesson=lesson,
        text=text,
        facts=lesson_story(enrolment, lesson.uuid, now=now).as_facts(),
        filed_at=now,
    )
    try:
        with transaction.atomic():
            dispute.save(force_insert=True)
    except IntegrityError:
        standing = Dispute.objects.get(enrolment=enrolment, lesson=lesson, state=DisputeState.FILED)
        if standing.text == text:
            return standing
        raise DisputeRefusedError(_("这一课时已有一条异议正在等待答复，答复后可以再次提出。"), code="open") from None
    detail = {"lesson": str(lesson.uuid)}
    record_audit(actor=enrolment.learner.user, action="dispute.file", target=dispute, detail=detail, now=now)
    return dispute


@transaction.atomic
def answer_dispute(*, dispute_id: int, actor: User, state: str, answer: str, now: datetime) -> Dispute:
    """Answer a dispute: ``explained`` or ``upheld``, with a text that the learner reads (safe to retry).

    Neither changes hours. What an upheld dispute asks for is done by itself: hours taken back by mistake are restored
    (:func:`tracking.operations.restore_entry`); study that left no trace is claimed by the learner, with evidence.

    :raises DisputeRefusedError: no such outcome, no text, the officer's own, or answered otherwise before.
    """
    answer = without_id_number(answer.strip())[:LONGEST_TEXT]
    dispute = Dispute.objects.select_for_update(of=("self",)).select_related("learner").get(pk=dispute_id)
    if dispute.learner.user_id == actor.pk:
        raise DisputeRefusedError(_("不能答复本人提出的异议，请交由其他工作人员。"), code="own_dispute")
    if state not in (DisputeState.EXPLAINED, DisputeState.UPHELD):
        raise DisputeRefusedError(_("请选择答复结论。"), code="no_state")
    if not answer:
        raise DisputeRefusedError(_("请写明答复内容，学员会看到这段文字。"), code="no_answer")
    if dispute.state != DisputeState.FILED:
        if (dispute.state, dispute.answer, dispute.answered_by_id) == (state, answer, actor.pk):
            return dispute
        raise DisputeRefusedError(_("这条异议已经答复。"), code="answered")
    dispute.state, dispute.answer = DisputeState(state), answer
    dispute.answered_by, dispute.answered_at = actor, now
    dispute.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record_audit(actor=actor, action="dispute.answer", target=dispute, detail={"state": str(state)}, now=now)
    return dispute
