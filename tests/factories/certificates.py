"""Holder lists, holdings, recognised years and issued certificates for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from openpyxl import Workbook
from PIL import Image

from accounts.models import Learner
from certificates.models import Certificate, HolderRecord, Holding, RosterImport
from certificates.operations import claim_holding, renew_certificate
from courses.enums import Block
from courses.models import Post
from tests.factories.accounts import make_learner
from tests.factories.courses import make_post
from tests.factories.tracking import LEGACY_ISSUED_ON, NOW, make_entry, make_ruled_authority
from tracking.models import CeYear
from tracking.operations.recognition import settle_learner

HEADINGS = ("证书编号", "姓名", "身份证号", "岗位", "发证日期", "发证机构")
STUDY_TIME = timedelta(hours=1)


def make_roster_row(post: Post, /, **overrides: Any) -> list[Any]:
    """One row of a holder list under :data:`HEADINGS`; a value by its English name replaces the default."""
    values = {
        "number": "测A2017001",
        "full_name": "测试张三",
        "id_number": "990001199001010012",
        "post": post.name,
        "issued_on": "2017-06-01",
        "institution": "测试培训中心",
    }
    return list({**values, **overrides}.values())


def write_csv(rows: Sequence[Sequence[Any]], *, headings: Sequence[str] = HEADINGS, encoding: str = "utf-8") -> bytes:
    """The list as a CSV file."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([headings, *rows])
    return stream.getvalue().encode(encoding)


def write_xlsx(rows: Sequence[Sequence[Any]], *, headings: Sequence[str] = HEADINGS) -> bytes:
    """The list as a workbook of one sheet."""
    book = Workbook()
    for row in (headings, *rows):
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def make_record(*, learner: Learner | None = None, **overrides: Any) -> HolderRecord:
    """An old certificate on a list, of ``learner`` if one is given; authority with one-minute 学时 unless given."""
    learner = learner or make_learner()
    authority = overrides.pop("authority", None) or make_ruled_authority(**overrides.pop("policy", {}))
    roster = overrides.pop("roster_import", None) or RosterImport.objects.create(
        authority=authority, file_name="测试名册.csv", file_sha256="0" * 64, imported_at=NOW
    )
    post = overrides.pop("post", None) or make_post()
    values: dict[str, Any] = {
        "number": f"测{uuid4().hex[:10].upper()}",
        "full_name": learner.full_name,
        "id_kind": learner.id_kind,
        "id_digest": learner.id_digest,
        "id_masked": learner.id_masked,
        "post_printed": post.name,
        "institution_name": "测试培训中心",
        "issued_on": LEGACY_ISSUED_ON,
    }
    return HolderRecord.objects.create(authority=authority, roster_import=roster, post=post, **{**values, **overrides})


def make_holding(*, learner: Learner | None = None, now: datetime = NOW, **record: Any) -> Holding:
    """A claimed old certificate, its renewal year open since ``now``."""
    learner = learner or make_learner()
    record = make_record(learner=learner, **record)
    return claim_holding(learner=learner, number=record.number, full_name=learner.full_name, now=now)


def make_year_beside(holding: Holding, **values: Any) -> CeYear:
    """An annual year that stands beside the renewal of a holding, as after hours entered late."""
    year = renewal_year(holding)
    given = {
        "learner": year.learner,
        "post": year.post,
        "authority": year.authority,
        "kind": "annual",
        "label": 2026,
        "anchor_on": NOW.date() - timedelta(days=30),
        "origin": "new",
        "opens_on": NOW.date() - timedelta(days=30),
        "closes_on": NOW.date() + timedelta(days=300),
        "policy": year.policy,
        "opened_at": NOW,
    }
    return CeYear.objects.create(**given | values)


def renewal_year(holding: Holding) -> CeYear:
    """The year opened by the claim."""
    return CeYear.objects.get(learner=holding.learner, post=holding.post, authority=holding.authority, kind="renewal")


def annual_years(holding: Holding) -> list[CeYear]:
    """The years opened since, oldest first."""
    years = CeYear.objects.filter(learner=holding.learner, post=holding.post, authority=holding.authority)
    return list(years.filter(kind="annual").order_by("opens_on"))


def meet_year(year: CeYear, *, now: datetime = NOW, common: int = 1, professional: int = 2) -> CeYear:
    """Earn the year's minutes on its first day; it is recognised where the policy does so by itself."""
    with transaction.atomic():
        make_entry(ce_year=year, block=Block.COMMON, minutes=common, earned_at=now)
        entry = make_entry(ce_year=year, block=Block.PROFESSIONAL, minutes=professional, earned_at=now)
        settle_learner(learner_id=entry.learner_id, now=now)
    year.refresh_from_db()
    return year


def make_recognised_year(*, holding: Holding | None = None, now: datetime = NOW, **options: Any) -> CeYear:
    """The renewal year of a holding, met and recognised by the policy."""
    return meet_year(renewal_year(holding or make_holding(now=now, **options)), now=now)


def make_certificate(*, holding: Holding | None = None, now: datetime = NOW, **options: Any) -> Certificate:
    """An issued certificate: claimed, met, recognised and renewed."""
    year = make_recognised_year(holding=holding, now=now, **options)
    return renew_certificate(ce_year_id=year.pk, now=now + STUDY_TIME)


def make_demo_authority() -> Any:
    """An authority whose certificates say that they are a demonstration."""
    authority = make_ruled_authority()
    type(authority).objects.filter(pk=authority.pk).update(kind="demo")
    authority.refresh_from_db()
    return authority


def make_photo(
    size: tuple[int, int] = (600, 840), *, mode: str = "RGB", colour: Any = "steelblue", **options: Any
) -> bytes:
    """A photo file, JPEG unless ``format`` says otherwise."""
    stream = io.BytesIO()
    Image.new(mode, size, colour).save(stream, options.pop("format", "JPEG"), **options)
    return stream.getvalue()
