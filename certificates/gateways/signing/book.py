"""Which key signs for whom, opened once a process and again when the configuration has changed."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings

from certificates.enums import KeyPurpose
from certificates.gateways.demo_key import demo_key_file, make_code_key_file
from certificates.gateways.signing.cms import CmsFrame, frame_of
from certificates.gateways.signing.facts import (
    KeyFacts,
    SignerUnavailableError,
    facts_of_bare_key,
    facts_of_certificate,
)
from certificates.gateways.signing.keys import Key, open_file_key
from certificates.gateways.signing.module_keys import ModuleKey
from certificates.gateways.signing.remote_keys import RemoteKey
from certificates.rules.signers import (
    KeyPlan,
    Secret,
    SignerBook,
    SignerPlan,
    SignersFileError,
    parse_signers,
)

_opening = threading.RLock()
_open: dict[tuple[object, ...], OpenKey] = {}


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A key ready to sign; ``frame`` is prepared where a certificate speaks for the key."""

    plan: KeyPlan
    key: Key
    facts: KeyFacts
    frame: CmsFrame | None

    @property
    def certificates(self) -> list[x509.Certificate]:
        """The key's own certificate first, then what leads to its root."""
        return self.key.certificates


def signer_book() -> SignerBook:
    """Give the signers that are configured: by the signers' file, else by the key file, else the demonstration's.

    :raises SignerUnavailableError: the file is missing or cannot be understood, or there is none outside a
        demonstration: its key must not seal a real certificate.
    """
    if settings.XUESHI_SIGNERS_FILE:
        return _read_book(settings.XUESHI_SIGNERS_FILE, _changed_at(settings.XUESHI_SIGNERS_FILE))
    if settings.XUESHI_SIGNING_KEY_FILE:
        file, password = settings.XUESHI_SIGNING_KEY_FILE, settings.XUESHI_SIGNING_KEY_PASSWORD
    elif settings.XUESHI_DEMO:
        path, secret = demo_key_file(Path(settings.XUESHI_HOME) / "demo-signer")
        file, password = str(path), secret.decode()
    else:
        raise SignerUnavailableError(
            "no key to seal certificates with: set XUESHI_SIGNING_KEY_FILE or XUESHI_SIGNERS_FILE"
        )
    seal = KeyPlan(name="seal", kind="pkcs12", file=file, secret=Secret(value=password))
    return SignerBook(default="site", signers={"site": SignerPlan(name="site", seal=seal)})


@lru_cache(maxsize=4)
def _read_book(path: str, changed_at: int) -> SignerBook:
    try:
        return parse_signers(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SignerUnavailableError(f"{path}: {error.strerror}") from None
    except (SignersFileError, UnicodeDecodeError) as error:
        raise SignerUnavailableError(f"{path}: {error}") from None


def find_signer(name: str) -> SignerPlan:
    """Give the plan of a signer; the empty name is the site's own.

    :raises SignerUnavailableError: no such signer, or none at all.
    """
    plan = signer_book().find(name)
    if plan is None:
        raise SignerUnavailableError(f"no signer named {name} in XUESHI_SIGNERS_FILE")
    return plan


def code_plan(name: str) -> KeyPlan:
    """Give the plan of the key that signs codes for a signer: without one of its own, the site's.

    Codes are signed outside a demonstration too where nothing is configured: the key is made once, and is real.
    """
    plan = find_signer(name).code if settings.XUESHI_SIGNERS_FILE else None
    if plan is not None:
        return plan
    file = settings.XUESHI_CODE_KEY_FILE or make_code_key_file(Path(settings.XUESHI_HOME) / "code-key.pem")
    return KeyPlan(name="code", kind="pem", file=str(file))


def find_signers() -> list[SignerPlan]:
    """Give the plans of all signers.

    :raises SignerUnavailableError: there is none, or the signers' file cannot be understood.
    """
    return list(signer_book().signers.values())


def configured_file_keys() -> list[KeyFacts]:
    """Tell of the configured keys that lie in files and seal: to know them costs no module and no service.

    :raises SignerUnavailableError: the first one that cannot be opened.
    """
    plans = {plan.seal for plan in find_signers() if plan.seal.kind == "pkcs12"}
    return [open_key(plan, KeyPurpose.SEAL).facts for plan in sorted(plans, key=lambda plan: plan.name)]


def configured_seal_keys() -> list[KeyFacts]:
    """Tell of the configured keys that lie in files and seal; none where one cannot be opened: a check must not fail
    because a key is out of reach.
    """
    try:
        return configured_file_keys()
    except SignerUnavailableError:
        return []


def configured_keys() -> list[KeyFacts]:
    """Open every configured key and tell of it.

    :raises SignerUnavailableError: the first one that cannot be opened now.
    """
    uses = [
        (plan, purpose)
        for signer in signer_book().signers.values()
        for plan, purpose in ((signer.seal, KeyPurpose.SEAL), (code_plan(signer.name), KeyPurpose.CODE))
    ]
    return [open_key(plan, purpose).facts for plan, purpose in dict.fromkeys(uses)]


def open_key(plan: KeyPlan, purpose: KeyPurpose) -> OpenKey:
    """Open a key, once in each process: a session must not be shared with the process that this one came from.

    :raises SignerUnavailableError: it cannot be opened now.
    """
    cache_key = (purpose, plan, _changed_at(plan.file), _changed_at(plan.certificate))
    found = _open.get(cache_key)
    if found is not None:
        return found
    with _opening:
        if cache_key not in _open:
            _open[cache_key] = _open_key(plan, purpose)
        return _open[cache_key]


def forget_key(opened: OpenKey) -> None:
    """Open a key anew next time: it failed, and what is remembered of it may be the reason."""
    with _opening:
        for cache_key in [each for each, found in _open.items() if found is opened]:
            del _open[cache_key]


def _open_key(plan: KeyPlan, purpose: KeyPurpose) -> OpenKey:
    key: Key
    if plan.kind == "pkcs11":
        key = ModuleKey(plan)
    elif plan.kind == "remote":
        key = RemoteKey(plan)
    else:
        key = open_file_key(plan)
    if not key.certificates:
        if purpose is KeyPurpose.SEAL:
            raise SignerUnavailableError(f"{plan.name}: no certificate speaks for this key")
        return OpenKey(plan, key, facts_of_bare_key(purpose, plan.name, key.public_key), None)
    own, *chain = key.certificates
    return OpenKey(plan, key, facts_of_certificate(purpose, plan.name, own, chain), frame_of(own, chain))


def _begin_anew() -> None:
    """Open nothing of the parent's in a forked child: sessions and locks belong to the process that made them."""
    global _opening
    _opening = threading.RLock()
    _open.clear()


os.register_at_fork(after_in_child=_begin_anew)


def _changed_at(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns if path else 0
    except OSError:
        return 0
