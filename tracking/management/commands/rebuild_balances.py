"""``manage.py rebuild_balances``: derive every year's balance from the ledger anew."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from tracking.operations import rebuild_balances


class Command(BaseCommand):
    """Print how many balances differed from the ledger; they are right afterwards."""

    help = "按账目重算各年度余额 / derive the balances of all years anew"

    def add_arguments(self, parser: CommandParser) -> None:
        text = "只比较，不改写；有差异时退出码为 1 / compare alone; exit 1 where any differs"
        parser.add_argument("--check", action="store_true", help=text)

    def handle(self, *args: Any, **options: Any) -> None:
        differences = rebuild_balances(now=timezone.now(), is_dry_run=options["check"])
        self.stdout.write(f"差异 / differences: {differences}")
        if options["check"] and differences:
            sys.exit(1)
