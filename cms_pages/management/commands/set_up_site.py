"""``manage.py set_up_site``: page tree, groups and workflow."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cms_pages.operations import SiteTakenError, set_up_site


class Command(BaseCommand):
    """Make what is missing of the site."""

    help = "Make what is missing of the page tree, the groups and the workflow, after load_reference_data."

    def handle(self, *args: Any, **options: Any) -> None:
        """Set up and say what was made."""
        try:
            report = set_up_site(site_url=settings.XUESHI_SITE_URL, now=timezone.now())
        except SiteTakenError as error:
            raise CommandError(str(error)) from error
        for name in report.made:
            self.stdout.write(f"made {name}")
        if not report.made:
            self.stdout.write("nothing to do")
