"""SM2 signatures with SM3 beside a file (GB/T 32918.2, GB/T 32905), made and checked by OpenSSL 3."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import asn1crypto.pem
import asn1crypto.x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certificates.enums import KeyPurpose
from certificates.gateways.signing.book import find_signer, signer_book
from certificates.gateways.signing.facts import KeyFacts, SignerUnavailableError
from certificates.gateways.signing.keys import read_certificates, read_secret
from certificates.rules.signers import KeyPlan

ALGORITHM = "SM2-SM3"
SIGNER_ID = "1234567812345678"  # the usual identity of the signer where none is agreed (GM/T 0009)
TIMEOUT_SECONDS = 20
_DIGEST = ["dgst", "-sm3", "-sigopt", f"distid:{SIGNER_ID}"]

_checked: set[tuple[KeyPlan, float, float]] = set()


@dataclass(frozen=True, slots=True)
class DetachedSeal:
    """A signature over a whole file, kept beside it. ``value``: DER, a sequence of r and s (GM/T 0009)."""

    algorithm: str
    value: bytes
    key: KeyFacts


def seal_beside(data: bytes, *, signer: str) -> DetachedSeal | None:
    """Sign the bytes of a file with the SM2 key of ``signer``; None where the signer has none.

    :raises SignerUnavailableError: the key or OpenSSL cannot be used now, or the certificate is another key's.
    """
    plan = find_signer(signer).sm2
    if plan is None:
        return None
    facts = _facts(plan)
    _check_pair(plan, facts)
    value = _with_key(plan, [*_DIGEST, "-sign", plan.file], data)
    return DetachedSeal(algorithm=ALGORITHM, value=value, key=facts)


def check_beside(data: bytes, value: bytes, *, key: KeyFacts) -> bool:
    """Check a signature that is kept beside a file with the key that made it.

    :raises SignerUnavailableError: there is no OpenSSL that knows SM2.
    """
    with TemporaryDirectory() as folder:
        public, signature = Path(folder, "public.pem"), Path(folder, "signature")
        public.write_bytes(asn1crypto.pem.armor("PUBLIC KEY", _public_der(key)))
        signature.write_bytes(value)
        return _run([*_DIGEST, "-verify", str(public), "-signature", str(signature)], data).returncode == 0


def configured_sm2_keys() -> list[KeyFacts]:
    """Tell of every configured SM2 key.

    :raises SignerUnavailableError: a certificate cannot be read.
    """
    plans = {plan.sm2 for plan in signer_book().signers.values() if plan.sm2 is not None}
    return [_facts(plan) for plan in sorted(plans, key=lambda plan: plan.name)]


def sm2_signers(names: Sequence[str]) -> list[str]:
    """Keep the signers that have an SM2 key."""
    found = []
    for name in names:
        with suppress(SignerUnavailableError):
            if find_signer(name).sm2 is not None:
                found.append(name)
    return found


def _facts(plan: KeyPlan) -> KeyFacts:
    own, *chain = read_certificates(plan.certificate)
    facts = KeyFacts(
        kid="",
        purpose=KeyPurpose.SM2,
        name=plan.name,
        algorithm=ALGORITHM,
        public_jwk={},
        certificate_pem=own.public_bytes(Encoding.PEM).decode(),
        chain_pem="".join(each.public_bytes(Encoding.PEM).decode() for each in chain),
        not_before=own.not_valid_before_utc,
        not_after=own.not_valid_after_utc,
    )
    kid = hashlib.sha256(_public_der(facts)).hexdigest()
    return replace(facts, kid=kid)


def _public_der(key: KeyFacts) -> bytes:
    """Read the public key out of a certificate; the general library knows no SM2."""
    certificate = x509.load_pem_x509_certificate(key.certificate_pem.encode())
    der: bytes = asn1crypto.x509.Certificate.load(certificate.public_bytes(Encoding.DER)).public_key.dump()
    return der


def _check_pair(plan: KeyPlan, facts: KeyFacts) -> None:
    """See once a process that key and certificate belong together."""
    try:
        seen = plan, os.stat(plan.file).st_mtime, os.stat(plan.certificate).st_mtime
    except OSError as error:
        raise SignerUnavailableError(f"{error.filename}: {error.strerror}") from None
    if seen in _checked:
        return
    public = _with_key(plan, ["pkey", "-in", plan.file, "-pubout", "-outform", "DER"], b"")
    if public != _public_der(facts):
        raise SignerUnavailableError(f"{plan.certificate}: is not the certificate of the key in {plan.file}")
    _checked.add(seen)


def _with_key(plan: KeyPlan, arguments: list[str], data: bytes) -> bytes:
    """Run OpenSSL with the key's password on a pipe of its own: never in arguments, never in the environment."""
    reading, writing = os.pipe()
    try:
        os.write(writing, read_secret(plan.secret, plan.name) + b"\n")
        os.close(writing)
        done = _run([*arguments, "-passin", f"fd:{reading}"], data, passes=(reading,))
    finally:
        os.close(reading)
    if done.returncode != 0 or not done.stdout:
        raise SignerUnavailableError(f"{plan.file}: OpenSSL cannot use this key: no SM2 key, or another password")
    return done.stdout


def _run(arguments: list[str], data: bytes, *, passes: tuple[int, ...] = ()) -> subprocess.CompletedProcess[bytes]:
    command = ["openssl", *arguments]
    try:
        return subprocess.run(
            command, input=data, capture_output=True, timeout=TIMEOUT_SECONDS, check=False, pass_fds=passes
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SignerUnavailableError(f"openssl: {type(error).__name__}") from None
