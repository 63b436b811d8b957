"""What packages reported, as lists for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations import record_audit
from lms.lib.table_exports import Cell, csv_file
from media_pipeline.models import Video
from tracking.models import Enrolment, ScormAttempt, ScormInteraction
from tracking.queries.scorm_reports import titles_of, walk_attempts, walk_interactions

NameOf = Callable[[Enrolment], str]


@transaction.atomic
def export_scorm_attempts(*, video: Video, name_of: NameOf, actor: User, now: datetime) -> Iterator[bytes]:
    """Write every attempt at a package as CSV, and write down who took the list. ``name_of`` masks where it must.

    The file is made while it is sent. Times are the site's, lengths whole seconds.
    """
    _write_down(video, "attempts", actor, now)
    headings = [
        _("学员"), _("课时"), _("第几次"), _("课件版本"), _("开始时间"), _("最近保存"), _("结束时间"), _("结束方式"),
        _("学完情况"), _("通过情况"), _("得分"), _("最低分"), _("满分"), _("折算得分"), _("进度"), _("课件申报秒数"),
    ]  # fmt: skip
    return csv_file(headings, (_attempt_cells(each, name_of) for each in walk_attempts(video)))


@transaction.atomic
def export_scorm_interactions(*, video: Video, name_of: NameOf, actor: User, now: datetime) -> Iterator[bytes]:
    """Write every answer given in a package as CSV; the rest as :func:`export_scorm_attempts`."""
    _write_down(video, "interactions", actor, now)
    titles = titles_of(video)
    headings = [
        _("学员"), _("第几次"), _("单元"), _("题号"), _("题目标识"), _("题型"), _("说明"), _("作答"), _("正确答案"),
        _("结果"), _("权重"), _("用时（秒）"), _("作答时间"),
    ]  # fmt: skip
    return csv_file(headings, (_interaction_cells(each, titles, name_of) for each in walk_interactions(video)))


def _write_down(video: Video, what: str, actor: User, now: datetime) -> None:
    record_audit(actor=actor, action="scorm.export", target=video, detail={"what": what}, now=now)


def _attempt_cells(attempt: ScormAttempt, name_of: NameOf) -> list[Cell]:
    return [
        name_of(attempt.enrolment),
        attempt.lesson.title,
        attempt.number,
        str(attempt.video.uuid),
        _moment(attempt.began_at),
        _moment(attempt.touched_at),
        _moment(attempt.ended_at),
        attempt.get_end_display() if attempt.end else "",
        attempt.get_completion_display(),
        attempt.get_success_display(),
        *(_number(each) for each in (attempt.score_raw, attempt.score_min, attempt.score_max, attempt.score_scaled)),
        _number(attempt.progress),
        None if attempt.claimed_ms is None else attempt.claimed_ms // 1000,
    ]


def _interaction_cells(row: ScormInteraction, titles: dict[str, str], name_of: NameOf) -> list[Cell]:
    activity = row.activity
    return [
        name_of(activity.attempt.enrolment),
        activity.attempt.number,
        titles.get(activity.key, activity.key),
        row.position + 1,
        row.key,
        row.kind,
        row.description,
        row.learner_response,
        " | ".join(str(each) for each in row.correct_responses),
        row.result,
        _number(row.weighting),
        None if row.latency_ms is None else row.latency_ms // 1000,
        row.said_at,
    ]


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def _number(value: float | None) -> Cell:
    """A number as people write it; a negative one is text to a spreadsheet too, and marked as such."""
    return None if value is None else f"{value:.7g}"
