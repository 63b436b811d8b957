"""``manage.py signing_keys``: which keys sign and signed here; ``--compromised KID --since …`` where one was stolen."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from certificates.models import SigningKey
from certificates.operations import KeyRefusedError, compromise_key, watch_signing_keys


class Command(BaseCommand):
    """Open every configured key, note what changed, list all keys; exit with 1 where one cannot be opened."""

    help = "查看、登记签名密钥 / list the signing keys; open every configured one"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--compromised", metavar="KID", help="登记失密的密钥 / note that this key was stolen")
        parser.add_argument("--since", help="失密时间，如 2026-03-10T08:00+08:00 / since when")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["compromised"]:
            since = parse_datetime(options["since"] or "")
            if since is None or since.tzinfo is None:
                raise CommandError("--since 2026-03-10T08:00+08:00")
            try:
                compromise_key(kid=options["compromised"], since=since, actor=None, now=now)
            except KeyRefusedError as error:
                raise CommandError(str(error)) from error
        watched = watch_signing_keys(now=now)
        for row in SigningKey.objects.order_by("pk"):
            ends = f"{timezone.localdate(row.not_after)}" if row.not_after else "—"
            state = "compromised" if row.compromised_at else "retired" if row.retired_at else "in use"
            self.stdout.write(f"{row.kid}\t{row.purpose}\t{row.name}\t{row.algorithm}\t{ends}\t{state}")
        if watched.trouble:
            raise CommandError(watched.trouble)
