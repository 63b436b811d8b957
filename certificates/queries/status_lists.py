"""The published status lists."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from certificates.enums import CertificateStatus
from certificates.gateways.signing import code_key
from certificates.gateways.status_list_memory import KeptList, keep_list, mark_of_list, may_serve, recall_list
from certificates.models import Certificate
from certificates.queries.code_keys import issuer_of_site
from certificates.queries.signed_credentials import signed_json, signed_jwt
from certificates.rules.credentials import PURPOSES, list_url, status_list_credential
from certificates.rules.status_lists import LIST_LENGTH, bitstring, encoded_list

ENDED = (CertificateStatus.RESCINDED, CertificateStatus.CANCELLED, CertificateStatus.REVOKED)
NOT_NOW = (
    CertificateStatus.SUSPENDED,
    CertificateStatus.LAPSED,
    CertificateStatus.TRANSFERRED,
    CertificateStatus.OTHER,
)
VALID_FOR = timedelta(days=7)  # a verifier without a network may lean on a list for so long
SIGN_ANEW_AFTER_SECONDS = 6 * 3600


def status_lists() -> list[dict[str, str | int]]:
    """Purpose, number and address of every list that certificates point at. One statement."""
    site_url = issuer_of_site().site_url
    return [
        {"purpose": purpose, "number": number, "url": list_url(site_url, purpose, number, "jwt")}
        for number in range(_count())
        for purpose in PURPOSES
    ]


def status_list(purpose: str, number: int, *, now: datetime) -> KeptList | None:
    """One list, signed; None where no certificate points at it. As it was half a second ago, or newer.

    From memory no statement; else one or two, over the certificates that have a place in the list. A list whose places
    did not change is signed anew every six hours.
    """
    kept = recall_list(purpose, number)
    if kept is None and number >= _count():
        return None
    mark = mark_of_list(number)
    if kept is not None and may_serve(kept, mark=mark):
        return kept
    made_at = time.time()
    encoded = encoded_list(bitstring(index % LIST_LENGTH for index in _set_indexes(purpose, number)))
    digest = hashlib.sha256(f"{code_key('').kid} {encoded}".encode()).hexdigest()  # another key signs anew
    if kept is not None and kept.digest == digest and made_at - kept.signed_at < SIGN_ANEW_AFTER_SECONDS:
        fresh = KeptList(mark, made_at, kept.signed_at, digest, kept.forms)
    else:
        fresh = KeptList(mark, made_at, made_at, digest, _forms(purpose, number, encoded, now=now))
    keep_list(purpose, number, fresh)
    return fresh


def lists_of_holdings(holding_ids: Iterable[int]) -> list[int]:
    """The lists that speak of these holdings' certificates. One statement."""
    placed = Certificate.objects.filter(holding__in=list(holding_ids), status_index__isnull=False)
    indexes: Iterable[int] = placed.values_list("status_index", flat=True)
    return sorted({index // LIST_LENGTH for index in indexes})


def _set_indexes(purpose: str, number: int) -> QuerySet[Certificate, int]:
    """The places that are set: 撤销 注销 吊销 end a certificate; 暂停 失效 转出 may end themselves; a newer version
    of the same certificate stands in place of the older.
    """
    covered = Certificate.objects.filter(
        status_index__gte=number * LIST_LENGTH, status_index__lt=(number + 1) * LIST_LENGTH
    )
    chosen = {
        "revocation": covered.filter(holding__status__in=ENDED),
        "suspension": covered.filter(holding__status__in=NOT_NOW),
        "refresh": covered.filter(replaced_by__isnull=False),
    }[purpose]
    return chosen.values_list("status_index", flat=True)


def _forms(purpose: str, number: int, encoded: str, *, now: datetime) -> dict[str, str]:
    issuer = issuer_of_site()

    def credential(form: str) -> dict[str, object]:
        return status_list_credential(
            issuer, purpose=purpose, number=number, form=form, encoded=encoded, made_at=now, until=now + VALID_FOR
        )

    return {"jwt": signed_jwt(credential("jwt")), "json": signed_json(credential("json"), now=now)}


def _count() -> int:
    newest = Certificate.objects.aggregate(newest=Max("status_index"))["newest"]
    return 0 if newest is None else int(newest) // LIST_LENGTH + 1
