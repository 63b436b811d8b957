"""``manage.py import_holders --authority 42 list.xlsx``: take in an authority's list of old certificates."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Authority
from certificates.models import RosterImport
from certificates.operations import RosterRefusedError, import_roster


class Command(BaseCommand):
    """Load a holder list from CSV or XLSX and say of each refused row why."""

    help = "导入旧证书持有人名册（CSV 或 XLSX），逐行报告 / load a holder list with a row report"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--authority", required=True, help="主管部门代码，如 42 / the authority's code")
        parser.add_argument("--report", type=Path, help="把拒收的行写成 CSV / write the refused rows here")

    def handle(self, *args: Any, **options: Any) -> None:
        authority = Authority.objects.filter(code=options["authority"]).first()
        if authority is None:
            raise CommandError(f"没有代码为 {options['authority']} 的主管部门 / no such authority")
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"无法读取文件 / cannot read: {error}") from error
        try:
            done = import_roster(authority=authority, data=data, file_name=path.name, actor=None, now=timezone.now())
        except RosterRefusedError as error:
            raise CommandError(str(error)) from error
        self._tell(done, options["report"])

    def _tell(self, done: RosterImport, report: Path | None) -> None:
        for row in done.report:
            self.stdout.write(f"第 {row['line']} 行 {row['number']}：{row['reason']}")
        if report is not None:
            with report.open("w", newline="", encoding="utf-8-sig") as stream:
                writer = csv.DictWriter(stream, fieldnames=["line", "number", "reason"])
                writer.writeheader()
                writer.writerows({**row, "number": _plain_cell(row["number"])} for row in done.report)
        self.stdout.write(f"新增 {done.added}，未变 {done.unchanged}，拒收 {done.refused}")


def _plain_cell(text: str) -> str:
    """Keep a spreadsheet from taking what stood in someone's list for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
