"""The signers' file: which keys sign for whom, at which level, with whose time stamps.

.. code-block:: toml

    default = "site"              # who signs for authorities that name no signer

    [signers.site]
    seal = "seal-2026"            # to rotate, write another key here
    code = "code-2026"
    sm2 = "sm2-2026"              # optional
    level = "B-LTA"               # B-B (default), B-T, B-LTA
    tsa = "national"

    [keys.seal-2026]
    kind = "pkcs11"
    module = "/usr/lib/softhsm/libsofthsm2.so"
    token = "xueshi"
    label = "seal-2026"
    pin_file = "/run/secrets/pin"

    [tsa.national]
    url = "https://tsa.example.org/"
    roots = "/etc/xueshi/tsa-root.pem"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

LEVELS = ("B-B", "B-T", "B-LTA")
USES = {"seal": {"pkcs12", "pkcs11", "remote"}, "code": {"pem", "pkcs12", "pkcs11"}, "sm2": {"sm2"}}
TIMEOUT_SECONDS = 10.0
LOCAL = {"localhost", "127.0.0.1", "::1"}
SECRET_PREFIX = "XUESHI_SECRET_"  # noqa: S105


class SignersFileError(ValueError):
    """The signers' file cannot be understood; the message names the place."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a password, PIN or token stands: an environment variable or a file. ``value`` is one already at hand."""

    env: str = ""
    file: str = ""
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """How one key is reached. ``kind``: ``pkcs12``, ``pem``, ``pkcs11``, ``remote`` or ``sm2``.

    ``file``: the key (``pkcs12``, ``pem``, ``sm2``); ``certificate``: PEM file with the certificate and what leads to
    its root, where the key's own place holds none; ``crls``: addresses or files of revocation lists, kept in files of
    level B-LTA; ``secret``: password, PIN or bearer token; ``authorization``: the PIN of a remote credential.
    """

    name: str
    kind: str
    file: str = ""
    certificate: str = ""
    module: str = ""
    token: str = ""
    label: str = ""
    url: str = ""
    credential: str = ""
    crls: tuple[str, ...] = ()
    secret: Secret = Secret()
    authorization: Secret = Secret()
    timeout_seconds: float = TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class TsaPlan:
    """Where time stamps come from (RFC 3161 over HTTP), and the PEM file with the roots that they lead to."""

    name: str
    url: str
    roots: str
    user: str = ""
    password: Secret = Secret()
    timeout_seconds: float = TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class SignerPlan:
    """Which keys sign for a signer; ``code`` and ``sm2`` may be None."""

    name: str
    seal: KeyPlan
    code: KeyPlan | None = None
    sm2: KeyPlan | None = None
    level: str = "B-B"
    tsa: TsaPlan | None = None


@dataclass(frozen=True, slots=True)
class SignerBook:
    """All signers by name; ``default`` is the site's own."""

    default: str
    signers: Mapping[str, SignerPlan]

    def find(self, name: str) -> SignerPlan | None:
        """Give the signer of this name, the site's own for the empty name; None where there is none."""
        return self.signers.get(name or self.default)


def parse_signers(text: str) -> SignerBook:
    """Understand a signers' file; every name in it must lead somewhere.

    :raises SignersFileError: no TOML, an unknown or missing entry, a key that cannot do what it is named for.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SignersFileError(f"not TOML: {error}") from error
    _no_others("file", data, {"default", "signers", "keys", "tsa"})
    keys = {name: _key(name, _table(f"keys.{name}", value)) for name, value in _tables(data, "keys").items()}
    tsas = {name: _tsa(name, _table(f"tsa.{name}", value)) for name, value in _tables(data, "tsa").items()}
    signers = {
        name: _signer(name, _table(f"signers.{name}", value), keys, tsas)
        for name, value in _tables(data, "signers").items()
    }
    default = _text("file", data, "default")
    if default not in signers:
        raise SignersFileError(f"default: no [signers.{default}]")
    return SignerBook(default=default, signers=signers)


def _signer(name: str, table: dict[str, Any], keys: dict[str, KeyPlan], tsas: dict[str, TsaPlan]) -> SignerPlan:
    place = f"signers.{name}"
    _no_others(place, table, {"seal", "code", "sm2", "level", "tsa"})
    level = _text(place, table, "level", "B-B")
    tsa = _text(place, table, "tsa", "")
    if level not in LEVELS:
        raise SignersFileError(f"{place}.level: one of {', '.join(LEVELS)}")
    if (level == "B-B") == bool(tsa):
        raise SignersFileError(f"{place}.tsa: levels B-T and B-LTA take time stamps, B-B takes none")
    if tsa and tsa not in tsas:
        raise SignersFileError(f"{place}.tsa: no [tsa.{tsa}]")
    seal = _use(place, "seal", _text(place, table, "seal"), keys)
    code, sm2 = (_text(place, table, use, "") for use in ("code", "sm2"))
    return SignerPlan(
        name=name,
        seal=seal,
        code=_use(place, "code", code, keys) if code else None,
        sm2=_use(place, "sm2", sm2, keys) if sm2 else None,
        level=level,
        tsa=tsas[tsa] if tsa else None,
    )


def _use(place: str, use: str, name: str, keys: dict[str, KeyPlan]) -> KeyPlan:
    if name not in keys:
        raise SignersFileError(f"{place}.{use}: no [keys.{name}]")
    if keys[name].kind not in USES[use]:
        raise SignersFileError(f"{place}.{use}: a key of kind {keys[name].kind} cannot do this")
    return keys[name]


_NEEDED = {
    "pkcs12": {"file"},
    "pem": {"file"},
    "pkcs11": {"module", "token", "label"},
    "remote": {"url", "credential"},
    "sm2": {"file", "certificate"},
}
_SECRETS = {"pkcs12": "password", "pem": "password", "pkcs11": "pin", "remote": "token", "sm2": "password"}
_ALLOWED = {
    "pkcs12": {"crls"},
    "pem": set[str](),
    "pkcs11": {"certificate", "crls"},
    "remote": {"crls"},
    "sm2": set[str](),
}


def _key(name: str, table: dict[str, Any]) -> KeyPlan:
    place = f"keys.{name}"
    kind = _text(place, table, "kind")
    if kind not in _NEEDED:
        raise SignersFileError(f"{place}.kind: one of {', '.join(_NEEDED)}")
    secret = _SECRETS[kind]
    names = _NEEDED[kind] | _ALLOWED[kind] | {"kind", f"{secret}_env", f"{secret}_file"}
    if kind == "remote":
        names |= {"pin_env", "pin_file", "timeout_seconds"}
    _no_others(place, table, names)
    texts = {each: _text(place, table, each) for each in _NEEDED[kind]}
    if kind == "remote":
        _check_private(f"{place}.url", _check_url(f"{place}.url", texts["url"]))
    if "certificate" in _ALLOWED[kind]:
        texts["certificate"] = _text(place, table, "certificate", "")
    return KeyPlan(
        name=name,
        kind=kind,
        crls=_texts(place, table, "crls"),
        secret=_secret(place, table, secret),
        authorization=_secret(place, table, "pin") if kind == "remote" else Secret(),
        timeout_seconds=_seconds(place, table),
        **texts,
    )


def _tsa(name: str, table: dict[str, Any]) -> TsaPlan:
    place = f"tsa.{name}"
    _no_others(place, table, {"url", "roots", "user", "password_env", "password_file", "timeout_seconds"})
    url, user = _check_url(f"{place}.url", _text(place, table, "url")), _text(place, table, "user", "")
    if user:
        _check_private(f"{place}.url", url)
    return TsaPlan(
        name=name,
        url=url,
        roots=_text(place, table, "roots"),
        user=user,
        password=_secret(place, table, "password"),
        timeout_seconds=_seconds(place, table),
    )


def _secret(place: str, table: dict[str, Any], name: str) -> Secret:
    env, file = _text(place, table, f"{name}_env", ""), _text(place, table, f"{name}_file", "")
    if env and file:
        raise SignersFileError(f"{place}: {name}_env or {name}_file, not both")
    if env and not env.startswith(SECRET_PREFIX):
        raise SignersFileError(f"{place}.{name}_env: a name that begins with {SECRET_PREFIX}")
    return Secret(env=env, file=file)


def _tables(data: dict[str, Any], name: str) -> dict[str, Any]:
    return _table(name, data.get(name, {}))


def _table(place: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SignersFileError(f"{place}: not a table")
    return value


def _text(place: str, table: dict[str, Any], name: str, default: str | None = None) -> str:
    value = table.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise SignersFileError(f"{place}.{name}: {'missing' if value is None else 'not a text'}")
    return value


def _texts(place: str, table: dict[str, Any], name: str) -> tuple[str, ...]:
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise SignersFileError(f"{place}.{name}: not a list of texts")
    return tuple(value)


def _seconds(place: str, table: dict[str, Any]) -> float:
    value = table.get("timeout_seconds", TIMEOUT_SECONDS)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 120:
        raise SignersFileError(f"{place}.timeout_seconds: above 0 and at most 120")
    return float(value)


def _check_url(place: str, url: str) -> str:
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise SignersFileError(f"{place}: not an address such as https://sign.example.org")
    if urlsplit(url).username or urlsplit(url).password:
        raise SignersFileError(f"{place}: holds a password, and addresses are repeated in messages")
    return url


def _check_private(place: str, url: str) -> None:
    """Let no password, PIN or token travel in the clear; on this machine alone nobody listens."""
    address = urlsplit(url)
    if address.scheme != "https" and address.hostname not in LOCAL:
        raise SignersFileError(f"{place}: a secret goes there, so it must begin with https://")


def _no_others(place: str, table: dict[str, Any], names: set[str]) -> None:
    if others := sorted(set(table) - names):
        raise SignersFileError(f"{place}: unknown entry {', '.join(others)}")
