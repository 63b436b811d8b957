"""Shells around operations that run by themselves."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


@shared_task(acks_late=True)
def sweep_leases() -> None:
    """End silent leases, and finish what a crash left between studying, booking and recognising."""
    from tracking.operations import sweep_study

    sweep_study(now=timezone.now())


@shared_task(acks_late=True)
def find_suspicions() -> None:
    """Open cases for officers where recent study shows a signal."""
    from tracking.operations import find_suspicions as find

    find(now=timezone.now())


@shared_task(acks_late=True)
def forget_devices() -> None:
    """Clear browsers' marks that are no longer needed."""
    from tracking.operations import forget_devices as forget

    forget(now=timezone.now())


@shared_task(acks_late=True)
def seal_ledgers() -> None:
    """Witness every authority's ledger as it stands at the end of the day."""
    from tracking.operations import seal_ledgers as seal

    seal(now=timezone.now())
