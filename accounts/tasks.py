"""Mails that leave after the page is answered."""

from __future__ import annotations

from celery import shared_task

from accounts.rules.delivery import DeliveryError


@shared_task(
    acks_late=True,
    autoretry_for=(DeliveryError,),
    retry_backoff=30,
    retry_backoff_max=1800,
    max_retries=6,
)
def send_confirmation(user_id: int) -> None:
    """Ask a person to confirm an address; a server that is away is tried again for an hour."""
    from accounts.operations import mail_confirmation

    mail_confirmation(user_id=user_id)
