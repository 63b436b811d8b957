"""Classroom training of the demonstration: an institution, and one learner's two claims."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.enums import InstitutionKind
from accounts.models import Authority, InstitutionMember, TrainingInstitution, User
from cms_pages.operations.demo.people import make_account
from courses.enums import Block
from tracking.models import CeYear, OfflineStudy
from tracking.operations import EvidenceUpload, decide_offline_study, file_offline_study

CLAIMANT = "demo-learner2"
EVIDENCE = Path(__file__).resolve().parents[2] / "data" / "demo" / "classroom-evidence.pdf"
MINUTES = 1  # of the three that the demonstration's year asks for


def make_trainers(people: dict[str, Any], passwords: dict[str, str], *, now: datetime) -> None:
    """Open the accounts of those who file for training institutions, and the institutions."""
    for person in people["trainers"]:
        institution, _is_new = TrainingInstitution.objects.get_or_create(
            name=person["institution"],
            authority=Authority.objects.get(code=person["authority"]),
            defaults={"kind": InstitutionKind.ENTERPRISE},
        )
        user = make_account(person, passwords, now=now)
        InstitutionMember.objects.get_or_create(user=user, institution=institution)


def make_claims(*, officer: User, now: datetime) -> None:
    """Claim an hour of each block for the first of the learner's posts; the common one is recognised. Once."""
    year = CeYear.objects.filter(learner__user__username=CLAIMANT).order_by("opens_on", "pk").first()
    if year is None or OfflineStudy.objects.filter(learner_id=year.learner_id).exists():
        return
    _claim(year, "施工现场安全教育（演示）", Block.COMMON, now=now)
    _claim(year, "新型材料进场验收（演示）", Block.PROFESSIONAL, now=now)
    waiting = OfflineStudy.objects.get(learner_id=year.learner_id, block=Block.COMMON)
    decide_offline_study(study=waiting, actor=officer, recognised_minutes=MINUTES, reason="", now=now)


def _claim(year: CeYear, title: str, block: Block, *, now: datetime) -> None:
    today = timezone.localdate(now)
    with EVIDENCE.open("rb") as content:
        file_offline_study(
            learner=year.learner,
            ce_year=year,
            institution=TrainingInstitution.objects.filter(authority=year.authority).order_by("pk").first(),
            institution_name="",
            title=title,
            block=block,
            minutes=MINUTES,
            studied_from=today,
            studied_to=today,
            evidence=[EvidenceUpload("签到表.pdf", content)],
            actor=year.learner.user,
            now=now,
        )
