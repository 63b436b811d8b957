"""``manage.py set_storage_cors``: let browsers on our site, and on no other, reach the bucket."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.lib.errors import DomainError
from media_pipeline.gateways.patience import StorageRefusedError
from media_pipeline.operations.storage_care import bucket_rules, set_bucket_rules


class Command(BaseCommand):
    """Set the bucket's rules; those that others have made stay."""

    help = (
        "设置存储桶的跨域规则与未完成上传的清理规则。 / Set the bucket's CORS rule and its rule for unfinished uploads."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--show``."""
        parser.add_argument("--show", action="store_true", help="只显示现有规则 / only show the rules as they stand")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set or show, and print the rules."""
        try:
            hindrance = "" if options["show"] else set_bucket_rules()
            self.stdout.write(json.dumps(bucket_rules(), indent=2, ensure_ascii=False, default=str))
        except (DomainError, StorageRefusedError) as error:
            raise CommandError(str(error)) from error
        if hindrance:
            self.stdout.write(f"○ 未能设置未完成上传的清理规则 / no rule for unfinished uploads: {hindrance}")
        if not options["show"]:
            self.stdout.write(self.style.SUCCESS("✓ 跨域规则已设置 / the CORS rule is set"))
