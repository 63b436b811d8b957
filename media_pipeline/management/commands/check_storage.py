"""``manage.py check_storage``: does the storage do what the site needs?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media_pipeline.operations.storage_care import try_storage
from media_pipeline.rules.storage_trials import TRIALS, TrialResult, is_sound


class Command(BaseCommand):
    """Try the storage, and end with 1 when something is missing that the site needs."""

    help = "在真实的存储上逐项试用，并说明缺什么、怎么办。 / Try the storage; say what is missing and what to do."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line a trial as it ends, and what to do below those that failed."""
        results = []
        for result in try_storage():
            results.append(result)
            self._tell(result)
        if not is_sound(results):
            raise CommandError("存储还不能用，请按 → 处理。 / The storage is not fit for use yet: see → above.")
        self.stdout.write(self.style.SUCCESS("存储可用。 / The storage is fit for use."))

    def _tell(self, result: TrialResult) -> None:
        text = TRIALS[result.code]
        sign = "✓" if result.passed else "✗" if text.is_needed else "○"
        detail = f"  {result.detail}" if result.detail else ""
        self.stdout.write(f"{sign} {text.label[0]} / {text.label[1]}{detail}")
        if not result.passed:
            for advice in text.advice:
                self.stdout.write(f"    → {advice}")
