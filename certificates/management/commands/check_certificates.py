"""``manage.py check_certificates``: hash stored certificates anew, a sample or all."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates.operations import check_certificates


class Command(BaseCommand):
    """Say what was lost or altered; exit with 1 where anything was."""

    help = "重新计算已存证书文件的摘要并与签发记录比对 / compare stored certificates with what was issued"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="全部，而非抽样 / all of them, not a sample")
        parser.add_argument("--sample", type=int, default=500, help="抽样份数 / how many to sample")

    def handle(self, *args: Any, **options: Any) -> None:
        check = check_certificates(now=timezone.now(), sample=None if options["all"] else options["sample"])
        for finding in check.findings:
            self.stdout.write("{kind}\t{number}\t{path}".format(**finding))
        summary = f"检查 {check.checked}，缺失 {check.missing}，改动 {check.altered} / checked, missing, altered"
        if check.findings:
            raise CommandError(summary)
        self.stdout.write(summary)
