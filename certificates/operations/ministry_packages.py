"""Renewals of an authority whose certificates the ministry's system makes leave as one package."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from accounts.operations import record_audit
from certificates.gateways.certificate_store import open_photo
from certificates.gateways.ministry_package import StoredPackage, store_package
from certificates.models import MinistryBatch, Renewal
from certificates.operations.issuing_claims import lock_renewals
from certificates.operations.issuing_drafts import (
    brought_certificates,
    ce_lines_of,
    earlier_lines,
    newest_certificates,
)
from certificates.operations.renewal import begin_renewal
from certificates.queries.ministry import renewals_to_package, years_to_begin
from certificates.rules.ministry_package import write_manifest
from lms.lib.errors import DomainError
from lms.lib.sealed import unseal

MOST_IN_A_PACKAGE = 500


class NothingToReportError(DomainError):
    """No renewal of the authority waits for a package."""

    code = "nothing_to_report"


def make_ministry_batch(*, authority: Authority, actor: User, now: datetime) -> MinistryBatch:
    """Pack the renewals that wait, the oldest first, at most 500, and count them as reported.

    First they are given to a batch, then the package is written, then they count as reported: a crash in between leaves
    a batch without a package, which the next call finishes. Two calls at once pack no renewal twice.

    :raises NothingToReportError: nothing waits.
    """
    batch = _unfinished(authority) or _begin(authority, actor, now)
    renewals = list(_renewals_of(batch))
    stored = _store(batch, renewals)
    return _finish(batch, stored, actor, now=now)


def _unfinished(authority: Authority) -> MinistryBatch | None:
    return MinistryBatch.objects.filter(authority=authority, path="").order_by("pk").first()


@transaction.atomic
def _begin(authority: Authority, actor: User, now: datetime) -> MinistryBatch:
    Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)  # one package after another
    for ce_year_id in sorted(years_to_begin(authority, limit=MOST_IN_A_PACKAGE)):  # in the order of who issues
        begin_renewal(ce_year_id=ce_year_id, now=now)
    longest = list(renewals_to_package(authority).values_list("pk", flat=True)[:MOST_IN_A_PACKAGE])
    locked = renewals_to_package(authority).filter(pk__in=longest).select_for_update(of=("self",)).order_by("pk")
    waiting = sorted(locked, key=lambda row: (row.recognised_at, row.pk))
    one_a_holding = {row.holding_id: row.pk for row in reversed(waiting)}
    if not one_a_holding:
        raise NothingToReportError(_("没有等待报送的换证。学时认定后会自动进入待报送队列。"))
    batch = MinistryBatch.objects.create(
        authority=authority, made_at=now, made_by=actor, path="", sha256="", total=len(one_a_holding)
    )
    Renewal.objects.filter(pk__in=one_a_holding.values()).update(ministry_batch=batch)
    return batch


def _renewals_of(batch: MinistryBatch) -> Iterator[Renewal]:
    rows = Renewal.objects.filter(ministry_batch=batch).order_by("recognised_at", "pk")
    return iter(rows.select_related("ce_year", "holding__learner", "holding__post", "holding__authority"))


def _store(batch: MinistryBatch, renewals: Sequence[Renewal]) -> StoredPackage:
    return store_package(
        _lines(renewals),
        _photos(renewals),
        batch=batch.uuid,
        manifest=lambda digests: write_manifest(
            digests,
            batch=batch.uuid,
            authority=batch.authority.code,
            made_at=batch.made_at.isoformat(),
            total=batch.total,
        ),
    )


@transaction.atomic
def _finish(batch: MinistryBatch, stored: StoredPackage, actor: User, *, now: datetime) -> MinistryBatch:
    locked = MinistryBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.path:
        return locked
    locked.path, locked.sha256 = stored.path, stored.sha256
    locked.save(update_fields=["path", "sha256"])
    lock_renewals(Renewal.objects.filter(ministry_batch=locked, reported_at__isnull=True)).update(reported_at=now)
    detail = {"total": locked.total, "sha256": locked.sha256}
    record_audit(actor=actor, action="ministry.package", target=locked, detail=detail, now=now)
    return locked


def _lines(renewals: Sequence[Renewal]) -> Iterator[bytes]:
    """One renewal a line: who, which post, which hours, and the certificate that it extends."""
    holding_ids = [each.holding_id for each in renewals]
    newest, brought = newest_certificates(holding_ids), brought_certificates(holding_ids)
    added = ce_lines_of(renewals)
    for renewal in renewals:
        holding, learner = renewal.holding, renewal.holding.learner
        previous = newest.get(holding.pk)
        earlier = earlier_lines(previous, brought.get(holding.pk))
        line = {
            "renewal": str(renewal.uuid),
            "kind": "extend" if previous else "issue",
            "full_name": learner.full_name,
            "id_kind": learner.id_kind,
            "id_number": unseal(learner.id_sealed),
            "post_code": holding.post.code,
            "post_name": holding.post.name,
            "institution": holding.institution_name,
            "authority": holding.authority.code,
            "original_number": holding.number,
            "original_issued_on": holding.issued_on.isoformat(),
            "number": previous.number if previous else "",
            "identifier": previous.identifier if previous else "",
            "ce_lines": [list(each) for each in (*earlier, added[renewal.pk])],
            "recognised_at": renewal.recognised_at.isoformat(),
            "photo": f"photos/{learner.photo_sha256}.jpg" if learner.photo_sha256 else "",
        }
        yield (json.dumps(line, ensure_ascii=False) + "\n").encode()


def _photos(renewals: Sequence[Renewal]) -> Iterator[tuple[str, bytes]]:
    for learner in (each.holding.learner for each in renewals):
        if learner.photo_sha256 and (photo := open_photo(learner.photo_path)) is not None:
            yield f"photos/{learner.photo_sha256}.jpg", photo
