"""In a site's own process: import every package of a list, and publish a lesson of each that can be played."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.utils import timezone

from media_pipeline.enums import VideoState
from media_pipeline.models import Video
from tests.factories.accounts import PASSWORD, make_learner
from tests.factories.scorm_study import make_package_enrolment
from tests.factories.tracking import make_ce_year
from tests.journeys.package_desk import bring_in


def publish_all(paths: list[str]) -> None:
    """Print a line of JSON for each package: what became of it, and where its learner finds it."""
    now = timezone.now()
    year = make_ce_year(learner=make_learner(), now=now)
    for path in paths:
        video = bring_in(path)
        facts: dict[str, Any] = {"name": Path(path).stem, "state": str(video.state), "reason": video.failure_reason}
        if video.state == VideoState.READY:
            enrolment = make_package_enrolment(video=video, ce_year=year, now=now, required_seconds=1)
            lesson = enrolment.edition.lessons.get()
            facts |= {
                "username": year.learner.user.username,
                "password": PASSWORD,
                "path": f"/study/play/{enrolment.uuid}/{lesson.uuid}/",
                "enrolment": enrolment.pk,
                **_shape(video),
            }
        print(json.dumps(facts))  # noqa: T201


def _shape(video: Video) -> dict[str, Any]:
    leaves: list[dict[str, str]] = []
    _gather(video.scorm.outline["root"], leaves)
    findings = sorted({finding["code"] for finding in video.scorm.findings if finding["level"] != "info"})
    return {"standard": str(video.scorm.standard), "leaves": leaves, "findings": findings}


def _gather(activity: dict[str, Any], leaves: list[dict[str, str]]) -> None:
    if activity.get("launch"):
        leaves.append({"key": activity["id"], "kind": activity["launch"]["kind"]})
    for child in activity.get("children", []):
        _gather(child, leaves)
