"""What a learner's packages left in objectives and data that are global to the system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import Learner
from media_pipeline.enums import ScormStandard
from tracking.models import ScormAttempt
from tracking.rules.scorm_shared import SavedShares, merge_shares, shared_names

ATTEMPTS_READ = 200  # those saved last; what was shared longer ago than that is forgotten


def shared_with(learner: Learner, outline: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the learner's attempts at all packages left for this one, or None where it shares nothing.

    A field of an attempt's state is all that is read, whichever package it is of: one statement, or none.
    """
    names = shared_names(outline)
    if not names:
        return None
    attempts = ScormAttempt.objects.filter(enrolment__learner=learner).exclude(video__scorm__standard=ScormStandard.V12)
    rows = attempts.order_by("-touched_at", "-pk").values_list(
        "state__globals",
        "state__stores",
        "video__scorm__outline__objectivesGlobalToSystem",
        "video__scorm__outline__sharedDataGlobalToSystem",
    )[:ATTEMPTS_READ]
    saved = (
        SavedShares(objectives, stores, one is not False, other is not False) for objectives, stores, one, other in rows
    )
    return merge_shares(saved, names)
