"""The roof: the site's own application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LmsConfig(AppConfig):
    """Settings, addresses, templates and the design system."""

    name = "lms"
    verbose_name = _("学时")

    def ready(self) -> None:
        """Load the Celery application, so that ``shared_task`` finds its broker in every process."""
        from lms import celery  # noqa: F401
