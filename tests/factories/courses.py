"""Posts, documents, policies, courses and editions for tests. Each call makes its own, with the next number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from accounts.enums import AuthorityKind
from accounts.models import Authority
from courses.enums import Block, DocumentKind, LessonKind
from courses.models import Course, CourseEdition, HourPolicy, Post, RegulatoryDocument, SyllabusItem
from courses.operations import LessonDraft, freeze_edition
from media_pipeline.enums import MediaKind, VideoState
from media_pipeline.models import Video

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_numbers = count(1)

NATIONAL_POLICY: dict[str, Any] = {
    "effective_from": date(2019, 1, 19),
    "source": "测试：全国默认",
    "ce_year_anchor": "issue_date",
    "new_starts": "next_year",
    "renewed_starts": "same_year",
    "annual_min_hours": 32,
    "professional_min_hours": 22,
    "rolling_years": 2,
    "rolling_min_hours": 64,
    "carry_over": False,
    "make_up_allowed": True,
    "make_up_years_back": 1,
    "make_up_needs_approval": False,
    "share_common_block": True,
    "renewal_min_hours": 32,
    "exam_required": False,
    "legacy_issued_before": date(2018, 12, 13),
    "legacy_deadline": date(2099, 12, 31),
    "recognition": "automatic",
    "daily_cap_minutes": 0,
    "seek_first_view": False,
    "max_rate": Decimal("1.0"),
    "concurrent_plays": 1,
    "challenge_kind": "none",
    "challenge_per_hour": 2,
    "challenge_window_seconds": 60,
    "hour_minutes": 45,
    "exam_pass_mark": 60,
    "exam_attempts": 3,
    "exam_cool_down_hours": 24,
    "exam_local_share_max": Decimal("0.20"),
}


def make_post(**overrides: Any) -> Post:
    """A post of its own code and name."""
    number = next(_numbers)
    values = {
        "code": f"T{number:04d}",
        "slug": f"test-post-{number}",
        "name": f"测试岗位{number}",
        "name_en": f"Test post {number}",
        "position": number + 5000,
    }
    return Post.objects.create(**{**values, **overrides})


def make_document(**overrides: Any) -> RegulatoryDocument:
    """A verified standard in force since 2022."""
    number = next(_numbers)
    values = {
        "kind": DocumentKind.STANDARD,
        "number": f"TEST {number}-2022",
        "title": f"测试标准{number}",
        "issued_on": date(2021, 9, 8),
        "effective_from": date(2022, 1, 1),
        "verified": True,
    }
    posts = overrides.pop("posts", [])
    document = RegulatoryDocument.objects.create(**{**values, **overrides})
    document.posts.set(posts)
    return document


def make_syllabus_item(*, post: Post | None = None, **overrides: Any) -> SyllabusItem:
    """An item of the post's professional block, or of the common block without a post."""
    number = next(_numbers)
    values = {
        "block": Block.PROFESSIONAL if post else Block.COMMON,
        "kind": DocumentKind.STANDARD,
        "title": f"测试大纲条目{number}",
        "minutes": 45,
        "position": number,
    }
    documents = overrides.pop("documents", [])
    item = SyllabusItem.objects.create(post=post, **{**values, **overrides})
    item.documents.set(documents)
    return item


def make_national_authority() -> Authority:
    """The ministry: there is one."""
    return Authority.objects.get_or_create(
        code="00", defaults={"name": "测试部", "short_name": "测试部", "kind": AuthorityKind.MINISTRY}
    )[0]


def make_national_policy(**overrides: Any) -> HourPolicy:
    """The national row, every field set: 32 学时 of which 22, 45 minutes each, from 2019-01-19 on."""
    return HourPolicy.objects.create(authority=make_national_authority(), **{**NATIONAL_POLICY, **overrides})


def make_policy(*, authority: Authority, **overrides: Any) -> HourPolicy:
    """One authority's row that inherits everything not given."""
    values = {"effective_from": date(2019, 1, 19), "source": "测试政策"}
    return HourPolicy.objects.create(authority=authority, **{**values, **overrides})


def make_ready_video(**overrides: Any) -> Video:
    """A video row that says it is playable; there are no bytes behind it."""
    number = next(_numbers)
    values = {
        "title": f"测试视频{number}",
        "original": f"originals/test-{number}.mp4",
        "state": VideoState.READY,
        "percent": 100,
        "duration_ms": 60_000,
        "hls_prefix": f"hls/test-{number}",
        "ready_at": NOW,
    }
    return Video.objects.create(**{**values, **overrides})


def make_lesson_draft(**overrides: Any) -> LessonDraft:
    """A reading of one minute's credit that asks for 55 seconds."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "lesson_key": uuid4(),
        "kind": LessonKind.READING,
        "title": f"测试课时{number}",
        "body_html": "<p>测试正文</p>",
        "credit_minutes": 1,
        "required_seconds": 55,
    }
    return LessonDraft(**{**values, **overrides})


def make_video_lesson_draft(**overrides: Any) -> LessonDraft:
    """A video lesson with a playable video of one minute, or as long as what is required and five seconds."""
    seconds = max(60, overrides.get("required_seconds", 0) + 5)
    video = overrides.pop("video", None) or make_ready_video(duration_ms=seconds * 1000)
    return make_lesson_draft(kind=LessonKind.VIDEO, video=video, body_html="", **overrides)


def make_ready_deck(*, pages: int = 6, page_seconds: int = 10, **overrides: Any) -> Video:
    """A row of slides that says it can be read; there are no bytes behind it."""
    values = {
        "kind": MediaKind.SLIDES,
        "page_count": pages,
        "page_seconds": page_seconds,
        "duration_ms": pages * page_seconds * 1000,
    }
    return make_ready_video(**{**values, **overrides})


def make_slides_lesson_draft(**overrides: Any) -> LessonDraft:
    """A lesson of slides: six pages of ten seconds, all to be read unless told otherwise."""
    video = overrides.pop("video", None) or make_ready_deck()
    values = {"kind": LessonKind.SLIDES, "video": video, "body_html": "", "required_seconds": video.duration_ms // 1000}
    return make_lesson_draft(**{**values, **overrides})


def make_course(**overrides: Any) -> Course:
    """A course without an edition, closed."""
    number = next(_numbers)
    values = {"code": f"test-course-{number}", "title": f"测试课程{number}", "block": Block.PROFESSIONAL}
    posts = overrides.pop("posts", [])
    course = Course.objects.create(**{**values, **overrides})
    course.posts.set(posts)
    return course


def make_edition(
    *,
    course: Course | None = None,
    lessons: Sequence[LessonDraft] | None = None,
    documents: Sequence[RegulatoryDocument] = (),
    now: datetime = NOW,
    **course_overrides: Any,
) -> CourseEdition:
    """Freeze an edition of ``course``, or of a new one made with ``course_overrides``; one reading unless given."""
    course = course or make_course(**course_overrides)
    return freeze_edition(
        course=course,
        title=course.title,
        summary="测试简介",
        block=Block(course.block),
        posts=list(course.posts.all()),
        documents=documents,
        lessons=[make_lesson_draft()] if lessons is None else lessons,
        now=now,
    )
