"""Work outside the request."""

from celery import shared_task
from django.utils import timezone


@shared_task
def publish_scheduled() -> None:
    """Publish and withdraw the pages whose hour has come."""
    from cms_pages.operations import publish_scheduled as publish

    publish(now=timezone.now())
