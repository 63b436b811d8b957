"""Shells around operations that run by themselves."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


@shared_task(acks_late=True)
def sweep_leases() -> None:
    """End silent leases, and finish what a crash left between studying, booking and recognising."""
    from tracking.operations import sweep_study

    sweep_study(now=timezone.now())
