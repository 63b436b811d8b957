"""A hardware module made of software (SoftHSM): real PKCS#11, with a token of the test's own."""

from __future__ import annotations

import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
TOKEN = "xueshi-test"


@dataclass(frozen=True)
class SoftModule:
    """Where the module is, and the PIN of its one token."""

    module: str
    pin: str

    def make_key(self, label: str, kind: str) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
        """Make a key pair inside the token and give its public half."""
        with self._open() as session:
            if kind == "P-256":
                curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
                parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
                public, _private = parameters.generate_keypair(store=True, label=label)
                return load_der_public_key(encode_ec_public_key(public))
            public, _private = session.generate_keypair(KeyType.RSA, 2048, store=True, label=label)
            return load_der_public_key(encode_rsa_public_key(public))

    def _open(self) -> Any:
        token = pkcs11.lib(self.module).get_token(token_label=TOKEN)
        try:
            return token.open(rw=True, user_pin=self.pin)
        except pkcs11.UserAlreadyLoggedIn:
            return token.open(rw=True)

    def keep_certificate(self, label: str, certificate: x509.Certificate) -> None:
        """Put a certificate beside the keys."""
        with self._open() as session:
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: 0,
                    Attribute.TOKEN: True,
                    Attribute.LABEL: label,
                    Attribute.ID: label.encode(),
                    Attribute.SUBJECT: certificate.subject.public_bytes(),
                    Attribute.VALUE: certificate.public_bytes(Encoding.DER),
                }
            )


def start_soft_module(folder: Path) -> SoftModule:
    """Make a token in ``folder``; before the module is loaded by this process, for it looks for tokens but once."""
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    pin = secrets.token_hex(6)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin", secrets.token_hex(6), "--pin", pin],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return SoftModule(module=next(each for each in MODULES if Path(each).exists()), pin=pin)
