"""Revocation lists (CRLs) that go into files of level B-LTA, so that the seal can be checked when they are gone."""

from __future__ import annotations

import time
from http import HTTPStatus
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certificates.gateways.signing.answers import NoAnswerError, ask, new_session
from certificates.gateways.signing.facts import SignerUnavailableError

KEPT_SECONDS = 600
LARGEST_BYTES = 8 * 1024**2

_kept: dict[str, tuple[float, bytes]] = {}


def revocation_lists(places: tuple[str, ...], *, timeout_seconds: float) -> list[bytes]:
    """Read lists from files or addresses, as DER; each is kept for ten minutes by this process.

    :raises SignerUnavailableError: one is not to be had, or is no list.
    """
    return [_read(place, timeout_seconds) for place in places]


def _read(place: str, timeout_seconds: float) -> bytes:
    read_at, data = _kept.get(place, (0.0, b""))
    if not data or time.monotonic() - read_at > KEPT_SECONDS:
        data = _der(_fetch(place, timeout_seconds), place)
        _kept[place] = time.monotonic(), data
    return data


def _fetch(place: str, timeout_seconds: float) -> bytes:
    if not place.startswith(("http://", "https://")):
        try:
            return Path(place).read_bytes()
        except OSError as error:
            raise SignerUnavailableError(f"{place}: {error.strerror}") from None
    try:
        came = ask(new_session(), place, method="GET", timeout_seconds=timeout_seconds, largest_bytes=LARGEST_BYTES)
    except NoAnswerError as error:
        raise SignerUnavailableError(f"{place}: {error}") from None
    if came.status != HTTPStatus.OK:
        raise SignerUnavailableError(f"{place}: answered {came.status}")
    return came.body


def _der(data: bytes, place: str) -> bytes:
    load = x509.load_pem_x509_crl if data.lstrip().startswith(b"-----BEGIN") else x509.load_der_x509_crl
    try:
        return load(data).public_bytes(Encoding.DER)
    except ValueError:
        raise SignerUnavailableError(f"{place}: no revocation list") from None
