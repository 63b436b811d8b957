"""The hours ledger: append-only, in whole minutes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Learner
from courses.enums import Block
from courses.models import CourseEdition, HourPolicy, Lesson, Post
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel
from tracking.enums import LedgerSource


class LedgerEntry(PublicIdModel, AppendOnlyModel):
    """Minutes earned, or taken back by a reversal (negative). ``post`` is empty for the common block: it counts for all
    posts.

    ``label`` is the CE year's label under which it was studied, ``earned_on`` the day in the site's time zone;
    ``evidence_digest`` the SHA-256 of what was credited.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="ledger_entries")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="ledger_entries")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries")
    block = models.CharField(_("模块"), max_length=12, choices=Block)
    minutes = models.IntegerField(_("分钟"))
    label = models.PositiveSmallIntegerField(_("年度"))
    earned_on = models.DateField(_("取得日期"))
    earned_at = models.DateTimeField(_("取得时间"))
    source = models.CharField(_("来源"), max_length=10, choices=LedgerSource)
    edition = models.ForeignKey(
        CourseEdition, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries")
    lesson_key = models.UUIDField(null=True, blank=True)
    policy = models.ForeignKey(HourPolicy, on_delete=models.PROTECT, related_name="ledger_entries")
    evidence_digest = models.CharField(max_length=64)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("学时账目")
        verbose_name_plural = _("学时账目")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lesson_key", "label"],
                condition=Q(source=LedgerSource.LESSON),
                name="ledger_lesson_once_a_year",
            ),
            models.CheckConstraint(
                condition=Q(block=Block.COMMON, post__isnull=True) | Q(block=Block.PROFESSIONAL, post__isnull=False),
                name="ledger_common_without_post",
            ),
            models.CheckConstraint(
                condition=~Q(source=LedgerSource.LESSON)
                | Q(lesson__isnull=False, lesson_key__isnull=False, edition__isnull=False, minutes__gt=0),
                name="ledger_lesson_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(source=LedgerSource.REVERSAL) | Q(reverses__isnull=False, minutes__lt=0),
                name="ledger_reversal_is_negative",
            ),
        ]
        indexes = [models.Index(fields=["learner", "earned_on"], name="ledger_learner_day")]

    def __str__(self) -> str:
        return f"{self.learner_id} · {self.block} · {self.minutes}"
