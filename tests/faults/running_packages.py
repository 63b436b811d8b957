"""Learners in front of running packages, for tests that break things while these save."""

from __future__ import annotations

import json

from django.utils import timezone

from tests.factories.scorm_commits import Sitting
from tests.factories.scorm_study import make_package, make_package_enrolment
from tests.factories.tracking import make_ce_year, make_lease


def print_sittings(count: int) -> None:
    """Make learners, each with a sitting at the same package; print token and attempt of each as JSON."""
    now = timezone.now()
    video = make_package(standard="2004-4")
    year = make_ce_year(now=now)
    made = []
    for _ in range(count):
        own = make_ce_year(now=now, post=year.post, authority=year.authority)
        enrolment = make_package_enrolment(ce_year=own, video=video, now=now)
        sitting = Sitting(make_lease(enrolment=enrolment, now=now), standard="2004-4")
        made.append([sitting.token, sitting.attempt.pk])
    print(json.dumps(made))  # noqa: T201
