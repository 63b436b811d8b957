"""Keys that never leave a hardware module (PKCS#11). One session a process and key, used by one thread at a time."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_ecdsa_signature
from pkcs11.util.rsa import encode_rsa_public_key

from certificates.gateways.signing.facts import SignerUnavailableError
from certificates.gateways.signing.keys import check_kind, check_signature, in_order, read_certificates, read_secret
from certificates.rules.signers import KeyPlan

_PAUSES = (0.05, 0.2, 0.8)  # seconds
_STUMBLES = (
    pkcs11.GeneralError,
    pkcs11.NoSuchKey,
    pkcs11.NoSuchToken,
    pkcs11.TokenNotPresent,
    pkcs11.TokenNotRecognised,
    pkcs11.UserPinNotInitialized,
)
_loading = threading.Lock()
_loaded_in: dict[str, int] = {}  # module -> the process that initialised it


class ModuleKey:
    """A key in a module. A session that broke (the module was restarted, say) is opened anew once."""

    def __init__(self, plan: KeyPlan) -> None:
        self._plan = plan
        self._turn = threading.Lock()
        self._private = self._open()
        self.certificates = self._find_certificates()
        self.public_key: PublicKeyTypes = self.certificates[0].public_key() if self.certificates else self._public()
        check_kind(self.public_key, self._place)
        self.sign(b"does the key fit its certificate?")

    def sign(self, data: bytes) -> bytes:
        """Sign in the module; the result is verified before it is given on."""
        with self._turn:
            try:
                signature = self._sign(data)
            except pkcs11.PKCS11Error:
                self._private = self._open()
                try:
                    signature = self._sign(data)
                except pkcs11.PKCS11Error as error:
                    raise SignerUnavailableError(f"{self._place}: {_words(error)}") from None
        check_signature(self.public_key, data, signature, self._place)
        return signature

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self.public_key, EllipticCurvePublicKey):
            raw = self._private.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA)
            return encode_ecdsa_signature(raw)
        signature: bytes = self._private.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS)
        return signature

    @property
    def _place(self) -> str:
        return f"{self._plan.name} (token {self._plan.token})"

    def _open(self) -> Any:
        """Log in and find the key.

        Modules that keep tokens in files may read one while another process writes it, and hold what they read to be
        so: that is tried again with the module initialised anew. A PIN that is refused is not: it would be locked.

        :raises SignerUnavailableError: the module refuses, or stumbles again and again.
        """
        for pause in (*_PAUSES, None):
            try:
                return self._open_once()
            except pkcs11.PKCS11Error as error:
                if pause is None or not isinstance(error, _STUMBLES):
                    raise SignerUnavailableError(f"{self._place}: {_words(error)}") from None
                time.sleep(pause)
                _library(self._plan.module, anew=True)
        raise AssertionError

    def _open_once(self) -> Any:
        """The PIN is read each time and not kept."""
        token = _library(self._plan.module).get_token(token_label=self._plan.token)
        pin = read_secret(self._plan.secret, self._plan.name).decode()
        try:
            self._session = token.open(user_pin=pin)
        except pkcs11.UserAlreadyLoggedIn:
            self._session = token.open()  # another key of this token has logged the process in
        return self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self._plan.label)

    def _find_certificates(self) -> list[x509.Certificate]:
        """Take the certificate from its file, else from the token: that of the key's label, and what it leads to."""
        if self._plan.certificate:
            own, *others = read_certificates(self._plan.certificate)
            return [own, *in_order(own, others)]
        found = [
            (each[Attribute.LABEL], x509.load_der_x509_certificate(each[Attribute.VALUE]))
            for each in self._session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        ]
        mine = [certificate for label, certificate in found if label == self._plan.label]
        return [mine[0], *in_order(mine[0], [certificate for _label, certificate in found])] if mine else []

    def _public(self) -> PublicKeyTypes:
        try:
            key = self._session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=self._plan.label)
            is_curve = key.key_type == KeyType.EC
            return load_der_public_key(encode_ec_public_key(key) if is_curve else encode_rsa_public_key(key))
        except (pkcs11.PKCS11Error, ValueError):
            raise SignerUnavailableError(f"{self._place}: neither a certificate nor a public key") from None


def _begin_anew() -> None:
    global _loading
    _loading = threading.Lock()


os.register_at_fork(after_in_child=_begin_anew)


def _library(module: str, *, anew: bool = False) -> Any:
    """Load a module; after a fork it must be initialised anew, whatever the parent had done with it."""
    with _loading:
        try:
            library = pkcs11.lib(module)
            if anew or _loaded_in.get(module, os.getpid()) != os.getpid():
                library.reinitialize()
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            raise SignerUnavailableError(f"{module}: {_words(error)}") from None
        _loaded_in[module] = os.getpid()
        return library


def _words(error: Exception) -> str:
    """Name what a module refused; its own words hold no PIN, and mostly there are none."""
    return f"{type(error).__name__} {error}".strip()
