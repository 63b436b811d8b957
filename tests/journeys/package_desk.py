"""A package made into somebody's lesson, in a site's own process: imported, published, and its learner enrolled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.files import File
from django.utils import timezone

from media_pipeline.enums import VideoState
from media_pipeline.models import Video
from media_pipeline.operations import accept_upload, process_video
from tests.factories.accounts import PASSWORD, make_learner
from tests.factories.scorm_study import make_package_enrolment
from tests.factories.tracking import make_ce_year
from tracking.models import Enrolment


def bring_in(path: str) -> Video:
    """Import a package as the library does."""
    with Path(path).open("rb") as content:
        file = File(content, name=Path(path).name)
        video = accept_upload(file=file, title="", user=None, now=timezone.now(), send=False)
    return process_video(video_id=video.pk, clock=timezone.now)


def publish(path: str, **terms: Any) -> None:
    """Import a package, publish a course of it, enrol a new learner; print where the learner finds it."""
    video = bring_in(path)
    assert video.state == VideoState.READY, (video.failure_reason, video.failure_detail)
    now = timezone.now()
    year = make_ce_year(learner=make_learner(), now=now)
    values = {"required_seconds": 2, "credit_minutes": 1, **terms}
    print(json.dumps(_facts(make_package_enrolment(video=video, ce_year=year, now=now, **values))))  # noqa: T201


def _facts(enrolment: Enrolment) -> dict[str, str]:
    lesson = enrolment.edition.lessons.get()
    return {
        "username": enrolment.learner.user.username,
        "password": PASSWORD,
        "path": f"/study/play/{enrolment.uuid}/{lesson.uuid}/",
        "course_path": f"/study/course/{enrolment.course.uuid}/",
        "video": str(lesson.video.uuid) if lesson.video else "",
    }
