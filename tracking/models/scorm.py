"""What SCORM packages report: attempts, their activities, sessions, and every commit as it came."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Lesson
from lms.lib.append_only import AppendOnlyModel
from lms.lib.public_id import PublicIdModel
from media_pipeline.models import Video
from tracking.enums import AttemptEnd, ScormCompletion, ScormSuccess
from tracking.models.study import Enrolment, PlayLease


class ScormStanding(models.Model):
    """Completion, success and score, kept apart. ``score_scaled`` is −1 to 1, ``progress`` 0 to 1; None: not said."""

    completion = models.CharField(
        _("完成情况"), max_length=13, choices=ScormCompletion, default=ScormCompletion.UNKNOWN
    )
    success = models.CharField(_("通过情况"), max_length=7, choices=ScormSuccess, default=ScormSuccess.UNKNOWN)
    score_scaled = models.FloatField(_("折算得分"), null=True, blank=True)
    score_raw = models.FloatField(_("得分"), null=True, blank=True)
    score_min = models.FloatField(_("最低分"), null=True, blank=True)
    score_max = models.FloatField(_("最高分"), null=True, blank=True)
    progress = models.FloatField(_("进度"), null=True, blank=True)

    class Meta:
        abstract = True


class ScormAttempt(PublicIdModel, ScormStanding):
    """One run through a package from its beginning, over as many sittings as it takes. At most one is open a lesson.

    ``video`` is the version of the package that it runs on. ``generation`` counts the sittings: a page of an older one
    may not write any more; ``last_sequence`` is the newest commit of the present one. The standing is the package's as
    a whole. ``claimed_ms`` is what its sessions claim together, None while none has claimed any time; ``state`` is the
    sequencer's own account, which the server keeps and does not read, ``current`` the activity to resume at.
    ``paced_ms`` bounds how fast it may save, in milliseconds of the epoch (:mod:`tracking.rules.scorm_fold`).
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="scorm_attempts")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="scorm_attempts")
    video = models.ForeignKey(Video, on_delete=models.PROTECT, related_name="scorm_attempts")
    number = models.PositiveSmallIntegerField(_("第几次"))
    began_at = models.DateTimeField(_("开始时间"))
    touched_at = models.DateTimeField(_("最近保存"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    end = models.CharField(_("结束方式"), max_length=8, choices=AttemptEnd, blank=True)
    generation = models.PositiveIntegerField(default=0)
    last_sequence = models.IntegerField(default=-1)
    paced_ms = models.PositiveBigIntegerField(default=0)
    is_suspended = models.BooleanField(default=False)
    claimed_ms = models.PositiveBigIntegerField(null=True, blank=True)
    current = models.CharField(max_length=255, blank=True)
    state = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("SCORM 学习")
        verbose_name_plural = _("SCORM 学习")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson", "number"], name="scorm_attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrolment", "lesson"], condition=Q(ended_at__isnull=True), name="one_open_scorm_attempt"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="scorm_attempt_end_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["video", "began_at"], name="scorm_attempt_of_video"),
            models.Index(fields=["began_at"], name="scorm_attempt_by_beginning"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} · {self.lesson_id} · {self.number}"


class ScormActivity(ScormStanding):
    """What one item of the package has stored in one attempt.

    ``key`` is the item's identifier in the manifest; ``elements`` the run-time elements that content wrote, by their
    names, as text (interactions and objectives are rows of their own besides). ``total_time_ms`` is the sum of its
    finished sessions; ``entry`` how the next one begins, ``exit`` how the last one ended. ``revision`` grows by one
    with every commit.
    """

    attempt = models.ForeignKey(ScormAttempt, on_delete=models.CASCADE, related_name="activities")
    key = models.CharField(max_length=255)
    elements = models.JSONField(default=dict)
    total_time_ms = models.PositiveBigIntegerField(default=0)
    entry = models.CharField(max_length=9, blank=True)
    exit = models.CharField(max_length=8, blank=True)
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("SCORM 单元")
        verbose_name_plural = _("SCORM 单元")
        constraints = [models.UniqueConstraint(fields=["attempt", "key"], name="scorm_activity_once")]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.key}"


class ScormSession(models.Model):
    """One launch of one item, from its first call to its last. ``claimed_ms`` is the session time that content said.

    ``lease`` is the play lease under which it was launched; the time that counts is the lease's.
    """

    attempt = models.ForeignKey(ScormAttempt, on_delete=models.CASCADE, related_name="sessions")
    activity_key = models.CharField(max_length=255)
    launch = models.UUIDField(unique=True)
    lease = models.ForeignKey(PlayLease, on_delete=models.PROTECT, related_name="scorm_sessions")
    generation = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    claimed_ms = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("SCORM 会话")
        verbose_name_plural = _("SCORM 会话")
        indexes = [models.Index(fields=["attempt", "began_at"], name="scorm_session_of_attempt")]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.activity_key}"


class ScormCommit(AppendOnlyModel):
    """A commit as it came: what it changed, and what of it the data model refused, each with its error code."""

    attempt = models.ForeignKey(ScormAttempt, on_delete=models.PROTECT, related_name="commits")
    activity_key = models.CharField(max_length=255)
    launch = models.UUIDField()
    generation = models.PositiveIntegerField()
    sequence = models.PositiveIntegerField()
    is_last = models.BooleanField(default=False)
    elements = models.JSONField(default=dict)
    refused = models.JSONField(default=list)
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("SCORM 提交")
        verbose_name_plural = _("SCORM 提交")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "generation", "sequence"], name="scorm_commit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} · {self.generation}.{self.sequence}"


class ScormInteraction(models.Model):
    """A question that an item asked and what was answered, in the words of the data model (texts as they came).

    ``position`` is its index in ``cmi.interactions``. ``latency_ms`` is None where it was not said.
    """

    activity = models.ForeignKey(ScormActivity, on_delete=models.CASCADE, related_name="interactions")
    position = models.PositiveIntegerField()
    key = models.TextField(blank=True)
    kind = models.CharField(max_length=12, blank=True)
    said_at = models.CharField(max_length=40, blank=True)
    weighting = models.FloatField(null=True, blank=True)
    correct_responses = models.JSONField(default=list)
    learner_response = models.TextField(blank=True)
    result = models.CharField(max_length=24, blank=True)
    latency_ms = models.PositiveBigIntegerField(null=True, blank=True)
    description = models.TextField(blank=True)
    objectives = models.JSONField(default=list)

    class Meta:
        verbose_name = _("SCORM 作答")
        verbose_name_plural = _("SCORM 作答")
        constraints = [models.UniqueConstraint(fields=["activity", "position"], name="scorm_interaction_once")]

    def __str__(self) -> str:
        return f"{self.activity_id} · {self.position}"


class ScormObjective(ScormStanding):
    """A learning objective of an item. ``position`` is its index in ``cmi.objectives``."""

    activity = models.ForeignKey(ScormActivity, on_delete=models.CASCADE, related_name="objectives")
    position = models.PositiveIntegerField()
    key = models.TextField(blank=True)
    description = models.TextField(blank=True)

    class Meta:
        verbose_name = _("SCORM 目标")
        verbose_name_plural = _("SCORM 目标")
        constraints = [models.UniqueConstraint(fields=["activity", "position"], name="scorm_objective_once")]

    def __str__(self) -> str:
        return f"{self.activity_id} · {self.position}"


class ScormMove(AppendOnlyModel):
    """An author moved those who study a published lesson to another version of its package; the newest move holds."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="scorm_moves")
    video = models.ForeignKey(Video, on_delete=models.PROTECT, related_name="scorm_moves")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("说明"), max_length=200, blank=True)
    moved_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("SCORM 换版")
        verbose_name_plural = _("SCORM 换版")
        indexes = [models.Index(fields=["lesson", "moved_at"], name="scorm_move_of_lesson")]

    def __str__(self) -> str:
        return f"{self.lesson_id} → {self.video_id}"
