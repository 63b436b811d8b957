"""A seal, a check of one and a code, on one core; keys in files, P-256 and RSA, and in a module of software."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.test import override_settings

from certificates.gateways.signing import check_seal, seal_pdf, sign_code
from tests.benchmarks import Row, median_of, seconds_each
from tests.factories.certificate_pages import make_page
from tests.factories.signers import (
    PASSWORD,
    CertificationAuthority,
    write_certificates,
    write_key_file,
    write_secret,
    write_signers_file,
)
from tests.services.soft_module import TOKEN, start_soft_module

MOMENT = datetime(2026, 3, 10, tzinfo=UTC)


def rows() -> Iterator[Row]:
    """Yield milliseconds; the baselines are pyHanko's own signer as it comes, a new one for each file."""
    page = make_page()
    with tempfile.TemporaryDirectory() as folder:
        for kind, baseline in (("P-256", 26), ("RSA-2048", 106)):
            path = write_key_file(Path(folder), kind=kind, name=kind)
            with override_settings(XUESHI_SIGNING_KEY_FILE=str(path), XUESHI_SIGNING_KEY_PASSWORD=PASSWORD):
                yield Row(f"signing: seal, {kind}", _seal_ms(page), "ms", baseline=baseline, less_is_better=True)
        with override_settings(XUESHI_SIGNERS_FILE=_module_signers(Path(folder))):
            yield Row("signing: seal, P-256 in SoftHSM", _seal_ms(page), "ms", less_is_better=True)
    sealed = seal_pdf(page, signer="", now=MOMENT)
    checking = 1000 * median_of(
        lambda: seconds_each(lambda: check_seal(sealed.data, keys=[sealed.key], at=MOMENT), times=20), runs=5
    )
    yield Row("signing: check of a seal", checking, "ms", less_is_better=True)
    coding = 1000 * median_of(lambda: seconds_each(lambda: sign_code(b"a code", signer=""), times=200), runs=5)
    yield Row("signing: code", coding, "ms", less_is_better=True)


def _seal_ms(page: bytes) -> float:
    seal_pdf(page, signer="", now=MOMENT)  # the key is opened once
    return 1000 * median_of(lambda: seconds_each(lambda: seal_pdf(page, signer="", now=MOMENT), times=50), runs=5)


def _module_signers(folder: Path) -> str:
    module = start_soft_module(folder)
    authority = CertificationAuthority()
    certificate = authority.certify(module.make_key("seal", "P-256"))
    path = write_certificates(folder / "seal.pem", certificate, authority.certificate)
    text = (
        'default = "site"\n[signers.site]\nseal = "seal"\n[keys.seal]\nkind = "pkcs11"\n'
        f'module = "{module.module}"\ntoken = "{TOKEN}"\nlabel = "seal"\n'
        f'certificate = "{path}"\npin_file = "{write_secret(folder, "pin", module.pin)}"\n'
    )
    return str(write_signers_file(folder, text))
