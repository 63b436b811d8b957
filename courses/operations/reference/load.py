"""The whole load, in one transaction."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.db import transaction

from accounts.enums import AuthorityKind
from accounts.models import Authority
from accounts.operations import record_audit
from courses.operations.reference.bodies import load_authorities, load_policies
from courses.operations.reference.posts import load_aliases, load_posts
from courses.operations.reference.rows import LoadReport
from courses.operations.reference.syllabus import load_documents, load_syllabus


@transaction.atomic
def load_reference_data(
    *,
    now: datetime,
    include_demo: bool = False,
    update: bool = False,
    accounts_folder: Path | None = None,
    courses_folder: Path | None = None,
) -> LoadReport:
    """Load authorities, posts, old names, policies, documents and the syllabus from the apps' ``data`` folders.

    Adds what is missing, all or nothing. Rows that people may have edited since are left alone and listed in the
    report, unless ``update``; policy rows are written once and never updated. The demonstration authority, whose
    hours are one minute long, comes only with ``include_demo``. A second run writes nothing.

    :raises ReferenceDataError: a file cannot be loaded; the message names file and row.
    """
    bodies = accounts_folder or Path(apps.get_app_config("accounts").path) / "data"
    folder = courses_folder or Path(apps.get_app_config("courses").path) / "data"
    report = LoadReport()
    load_authorities(bodies / "authorities.yaml", include_demo=include_demo, update=update, report=report)
    load_posts(folder / "posts.yaml", update=update, report=report)
    load_aliases(folder / "post_aliases.yaml", update=update, report=report)
    load_policies(folder / "policies.yaml", include_demo=include_demo, report=report)
    load_documents(folder / "documents.yaml", update=update, report=report)
    load_syllabus(folder / "syllabus.yaml", update=update, report=report)
    if report.changed:
        national = Authority.objects.get(kind=AuthorityKind.MINISTRY)
        detail = {"added": dict(report.added), "updated": dict(report.updated)}
        record_audit(actor=None, action="reference.load", target=national, detail=detail, now=now)
    return report
