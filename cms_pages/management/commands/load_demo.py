"""``manage.py load_demo``: everything that a demonstration needs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cms_pages.operations.demo import DemoRefusedError, load_demo
from courses.operations import ReferenceDataError


class Command(BaseCommand):
    """Load what is missing of the demonstration; only where XUESHI_DEMO=1."""

    help = "Load what is missing of the demonstration: reference data, pages, courses with videos, invented people."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, one line a step."""
        try:
            load_demo(clock=timezone.now, say=self._say)
        except (DemoRefusedError, ReferenceDataError) as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()
