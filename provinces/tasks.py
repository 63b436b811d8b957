"""Shells around operations that take long."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


@shared_task(name="provinces.tasks.run_policy_dry_run", acks_late=True)
def run_policy_dry_run(run_id: int) -> None:
    """Judge every year of a policy's trial."""
    from provinces.operations import perform_dry_run

    perform_dry_run(run_id=run_id, now=timezone.now())
