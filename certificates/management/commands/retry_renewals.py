"""``manage.py retry_renewals``: after a font or a file was put right, let stopped renewals be tried again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from certificates.operations import retry_stopped_corrections, retry_stopped_renewals


class Command(BaseCommand):
    """Clear the reasons; the sweep issues the certificates within half a minute."""

    help = "原因排除后，重新签发停下的证书 / try stopped renewals again"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(
            f"将重新签发 {retry_stopped_renewals() + retry_stopped_corrections()} 本 / certificates to try again"
        )
