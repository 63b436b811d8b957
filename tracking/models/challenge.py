"""Challenges: whether somebody is there."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Learner
from courses.models import Lesson, LessonQuestion
from lms.lib.public_id import PublicIdModel
from tracking.enums import ChallengeKind, ChallengeOutcome
from tracking.models.study import PlayLease


class Challenge(PublicIdModel):
    """One prompt shown to a learner, and what came of it.

    ``options`` is the order shown: a list of ``{"key", "text"}`` with random keys; ``right_key`` never leaves the
    server. ``question`` is empty for a presence prompt. ``asked_at`` is when the prompt was handed out, ``expires_at``
    the end of the policy's window; ``chosen_key`` what was answered, whether right or wrong.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="challenges")
    lease = models.ForeignKey(PlayLease, on_delete=models.PROTECT, related_name="challenges")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="challenges")
    kind = models.CharField(_("形式"), max_length=8, choices=ChallengeKind)
    question = models.ForeignKey(
        LessonQuestion, on_delete=models.PROTECT, null=True, blank=True, related_name="challenges"
    )
    prompt = models.CharField(_("题目"), max_length=300)
    options = models.JSONField(default=list)
    right_key = models.CharField(max_length=16)
    asked_at = models.DateTimeField(_("出题时间"))
    expires_at = models.DateTimeField(_("作答期限"))
    answered_at = models.DateTimeField(_("作答时间"), null=True, blank=True)
    chosen_key = models.CharField(max_length=16, blank=True)
    outcome = models.CharField(_("结果"), max_length=8, choices=ChallengeOutcome, default=ChallengeOutcome.OPEN)

    class Meta:
        verbose_name = _("随堂验证")
        verbose_name_plural = _("随堂验证")
        constraints = [
            models.UniqueConstraint(
                fields=["lease"], condition=Q(outcome=ChallengeOutcome.OPEN), name="one_open_challenge_a_lease"
            ),
            models.CheckConstraint(
                condition=Q(outcome=ChallengeOutcome.RIGHT, answered_at__isnull=False)
                | Q(outcome=ChallengeOutcome.WRONG, answered_at__isnull=False)
                | Q(outcome=ChallengeOutcome.OPEN, answered_at__isnull=True)
                | Q(outcome=ChallengeOutcome.MISSED, answered_at__isnull=True),
                name="challenge_answer_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "asked_at"], name="challenge_of_learner"),
            models.Index(fields=["asked_at"], name="challenge_by_asking"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} · {self.lesson_id} · {self.outcome}"
