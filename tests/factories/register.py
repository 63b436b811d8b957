"""A register full of certificates, written fast, past the operations: a province's people, invented."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import getrandbits
from typing import Any

from django.db import connection, models

from accounts.models import Authority, Learner, User
from certificates.models import Certificate, Holding, HoldingEvent, Renewal
from courses.models import HourPolicy, Post
from lms.lib.sealed import keyed_digest
from tests.factories.accounts import make_id_number
from tests.factories.courses import make_post
from tests.factories.tracking import NOW, make_ruled_authority
from tracking.models import CeYear

POSTS = 13
NIGHT = range(2_000, 12_000)  # holdings of one mass issue: all of the same moment
APART = timedelta(seconds=90)
ISSUED_ON = date(2017, 6, 1)
BORN_ON = date(1985, 5, 5)  # on another day than other learners of tests
RARE_POST = 12  # of it nothing has lapsed
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Register:
    """What was made: nine tenths of the holdings are the first authority's.

    Every second holding has two versions, the others one; one in twenty of the first authority's has none. The first
    versions of those with two were made by the ministry. Four hundred people bear the same name, sixty the same mask.
    """

    authorities: tuple[Authority, ...]
    posts: tuple[Post, ...]
    certificates: int
    holdings: int


def make_register(*, certificates: int) -> Register:
    """Make so many certificates; on PostgreSQL by COPY."""
    authorities = (make_ruled_authority(), make_ruled_authority())
    posts = tuple(make_post() for _ in range(POSTS))
    holdings = 2 * certificates // 3
    base = {model: (model.objects.aggregate(top=models.Max("pk"))["top"] or 0) + 1 for model in _MODELS}
    policy = HourPolicy.objects.filter(authority=authorities[0]).get().pk  # nothing can be asked while rows are copied
    lot = _Lot(authorities, posts, policy, holdings, base)
    tables: tuple[tuple[type[models.Model], Callable[[], Iterator[Row]]], ...] = (
        (User, lot.users),
        (Learner, lot.learners),
        (Holding, lot.rows_of_holdings),
        (CeYear, lot.years),
        (Renewal, lot.renewals),
        (Certificate, lot.certificates),
        (HoldingEvent, lot.events),
    )
    for model, rows in tables:
        _write(model, rows())
    return Register(authorities, posts, Certificate.objects.count(), holdings)


def name_of(number: int) -> str:
    """The name of the person of this number; they begin alike, as families do."""
    return f"测试{chr(0x4E00 + number % 40)}{chr(0x5200 + number // 40 % 40)}"


def id_number_of(number: int) -> str:
    """The identity number of the person of this number, for the first few thousand."""
    return make_id_number(sequence=number % 1000, region=f"99{number // 1000 % 10_000:04d}", birth_on=BORN_ON)


def mask_of(number: int) -> str:
    """The masked number of the person of this number."""
    return f"990{'*' * 11}{number % 11_000:04d}"


def certificate_number_of(number: int) -> str:
    """The number on the certificates of the holding of this number."""
    return f"T{number:012d}"


_MODELS = (User, Learner, Holding, CeYear, Renewal, Certificate, HoldingEvent)


@dataclass(frozen=True, slots=True)
class _Lot:
    authorities: tuple[Authority, ...]
    posts: tuple[Post, ...]
    policy_id: int
    size: int
    base: dict[Any, int]

    def users(self) -> Iterator[Row]:
        for n in range(self.size):
            yield {"id": self.base[User] + n, "username": f"register-{n}", "password": "!", "date_joined": NOW}

    def learners(self) -> Iterator[Row]:
        for n in range(self.size):
            known = n < 1_000
            digest = keyed_digest("identity", "resident_id", id_number_of(n)) if known else f"{n:064x}"
            yield {
                "id": self.base[Learner] + n,
                "user_id": self.base[User] + n,
                "full_name": name_of(n),
                "id_kind": "resident_id",
                "id_digest": digest,
                "id_sealed": "sealed",
                "id_masked": mask_of(n),
                "registered_at": NOW,
            }

    def rows_of_holdings(self) -> Iterator[Row]:
        for n in range(self.size):
            versions = self._versions(n)
            yield {
                "id": self.base[Holding] + n,
                "learner_id": self.base[Learner] + n,
                "authority_id": self._authority(n).pk,
                "post_id": self.posts[n % POSTS].pk,
                "kind": "new",
                "number": f"测{n:09d}",
                "institution_name": "测试培训中心",
                "issued_on": ISSUED_ON,
                "claimed_at": NOW,
                "status": _status(n),
                "certificate_number": certificate_number_of(n) if versions else "",
                "certificate_mode": "own" if versions else "",
                "last_issued_at": _issued_at(n, versions, versions) if versions else None,
            }

    def years(self) -> Iterator[Row]:
        for place, (n, version) in enumerate(self._issues()):
            opens_on = date(2020 + version, 3, 2)
            yield {
                "id": self.base[CeYear] + place,
                "learner_id": self.base[Learner] + n,
                "authority_id": self._authority(n).pk,
                "post_id": self.posts[n % POSTS].pk,
                "kind": "renewal" if version == 1 else "annual",
                "label": opens_on.year,
                "opens_on": opens_on,
                "closes_on": opens_on + timedelta(days=364),
                "policy_id": self.policy_id,
                "opened_at": NOW,
                "met_at": NOW,
                "decision": "recognised",
            }

    def renewals(self) -> Iterator[Row]:
        for place, (n, version) in enumerate(self._issues()):
            at = _issued_at(n, version, self._versions(n))
            yield {
                "id": self.base[Renewal] + place,
                "ce_year_id": self.base[CeYear] + place,
                "holding_id": self.base[Holding] + n,
                "recognised_at": at,
                "reported_at": at,
                "issued_at": at,
            }

    def certificates(self) -> Iterator[Row]:
        for place, (n, version) in enumerate(self._issues()):
            key = self.base[Certificate] + place
            yield {
                "id": key,
                "renewal_id": self.base[Renewal] + place,
                "holding_id": self.base[Holding] + n,
                "authority_id": self._authority(n).pk,
                "number": certificate_number_of(n),
                "version": version,
                "replaces_id": key - 1 if version > 1 else None,
                "mode": "ministry" if version < self._versions(n) else "own",
                "token": f"token-{key}",
                "printed": json.dumps({"full_name": name_of(n), "filling": "测" * 120}),
                "id_sealed": "sealed",
                "template_version": "certificate-v2",
                "pdf_path": f"certificates/2026/03/{key}.pdf",
                "pdf_sha256": hashlib.sha256(str(key).encode()).hexdigest(),
                "pdf_bytes": 60_000,
                "issued_at": _issued_at(n, version, self._versions(n)),
            }

    def events(self) -> Iterator[Row]:
        for place, (n, version) in enumerate(self._issues()):
            yield {
                "id": self.base[HoldingEvent] + place,
                "holding_id": self.base[Holding] + n,
                "sequence": version,
                "certificate_id": self.base[Certificate] + place,
                "operation": "01" if version == 1 else "02",
                "status": _status(n) if version == self._versions(n) else "01",
                "at": _issued_at(n, version, self._versions(n)),
                "authority_id": self._authority(n).pk,
            }

    def _issues(self) -> Iterator[tuple[int, int]]:
        for n in range(self.size):
            for version in range(1, self._versions(n) + 1):
                yield n, version

    def _versions(self, n: int) -> int:
        return 0 if n % 20 == 1 else 1 + n % 2

    def _authority(self, n: int) -> Authority:
        return self.authorities[1 if n % 10 == 9 else 0]


def _status(n: int) -> str:
    if n % 200 == 7:
        return "02"
    return "05" if n % 8 == 3 and n % POSTS != RARE_POST else "01"


def _issued_at(n: int, version: int, versions: int) -> datetime:
    """The newest first; an older version a year before; the night's all at once."""
    at = NOW - APART * (NIGHT.start if n in NIGHT else n)
    return at - timedelta(days=365) * (versions - version)


def _write(model: type[models.Model], rows: Iterable[Row]) -> None:
    defaults = {field.attname: _default(field) for field in model._meta.concrete_fields}
    (_copy if connection.vendor == "postgresql" else _insert)(model, (_filled(defaults, row) for row in rows))


def _filled(defaults: Row, row: Row) -> list[Any]:
    row.setdefault("uuid", f"{getrandbits(128):032x}")
    return [row.get(name, default) for name, default in defaults.items()]


def _default(field: models.Field[Any, Any]) -> Any:
    value = field.get_default()
    return "" if value is None and not field.null else value


def _copy(model: type[models.Model], rows: Iterable[list[Any]]) -> None:
    """COPY, without looking up what every key points at."""
    table = model._meta.db_table
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608


def _insert(model: type[models.Model], rows: Iterable[list[Any]]) -> None:
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    marks = ", ".join(["%s"] * len(model._meta.concrete_fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})",  # noqa: S608
            [[_plain(value) for value in row] for row in rows],
        )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
