"""``manage.py load_reference_data``: authorities, posts, policies, documents, syllabus."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from courses.operations import ReferenceDataError, load_reference_data


class Command(BaseCommand):
    """Load the reference data that ships with the apps."""

    help = "Add the missing authorities, posts, policies, documents and syllabus items; --update also overwrites edits."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the one option."""
        parser.add_argument("--update", action="store_true", help="bring rows that differ to what the files say")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then say what was written and what was left alone."""
        try:
            report = load_reference_data(
                now=timezone.now(), include_demo=settings.XUESHI_DEMO, update=options["update"]
            )
        except ReferenceDataError as error:
            raise CommandError(str(error)) from error
        for label, count in sorted(report.added.items()):
            self.stdout.write(f"added {count} {label}")
        for label, count in sorted(report.updated.items()):
            self.stdout.write(f"updated {count} {label}")
        for line in report.differing:
            self.stderr.write(f"left alone, though the file differs: {line}")
        if not report.changed:
            self.stdout.write("nothing to do")
