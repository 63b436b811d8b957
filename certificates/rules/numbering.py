"""Certificate numbers, and the identifiers that name one version of one certificate among all licences.

Both end in a check character after ISO 7064 MOD 37,36, which finds every single wrong character and nearly every swap.
A number is no secret: nothing is granted to whoever knows it.
"""

import re
from dataclasses import dataclass, replace
from typing import Self

from stdnum.iso7064 import mod_37_36

SERIAL_DIGITS = 7
SERIAL_DIGITS_OF_POST = 6
LAST_VERSION = 999


class NumberingError(ValueError):
    """A part does not fit its place in the number; the message names the part."""


def certificate_number(*, authority_code: str, year: int, serial: int) -> str:
    """Authority, year, serial in seven digits, check: authority 42, 2026, serial 1 is ``4220260000001`` and its check.

    :raises NumberingError: the authority's code is not 2–8 capitals and digits, or year or serial has too many digits.
    """
    if not re.fullmatch(r"[0-9A-Z]{2,8}", authority_code):
        raise NumberingError(f"authority code {authority_code!r}")
    return _checked(authority_code, year, serial, digits=SERIAL_DIGITS)


def post_certificate_number(*, authority_code: str, post_code: str, year: int, serial: int) -> str:
    """Authority, post, year, serial in six digits, check: 42, SGY-TJ, 2026, 1 is ``42SGYTJ2026000001`` and its check.

    :raises NumberingError: a code is not capitals and digits (the post's may hold hyphens), or a figure has too many.
    """
    if not re.fullmatch(r"[0-9A-Z]{2,8}", authority_code):
        raise NumberingError(f"authority code {authority_code!r}")
    post = post_code.replace("-", "")
    if not re.fullmatch(r"[0-9A-Z]{2,8}", post):
        raise NumberingError(f"post code {post_code!r}")
    return _checked(authority_code + post, year, serial, digits=SERIAL_DIGITS_OF_POST)


def _checked(prefix: str, year: int, serial: int, *, digits: int) -> str:
    if not 1000 <= year <= 9999:
        raise NumberingError(f"year {year}")
    if not 1 <= serial < 10**digits:
        raise NumberingError(f"serial {serial}")
    body = f"{prefix}{year:04}{serial:0{digits}}"
    return body + mod_37_36.calc_check_digit(body)


def is_certificate_number(text: str) -> bool:
    """Whether ``text`` could be a number made here, by shape and check; it may still never have been issued."""
    return bool(re.fullmatch(r"[0-9A-Z]{2,16}[0-9]{10,11}[0-9A-Z]", text)) and mod_37_36.is_valid(text)


@dataclass(frozen=True, slots=True)
class CredentialIdentifier:
    """A credential identifier in the shape of GB/T 36904: ``root.type.issuer.serial.version.check``.

    ``root`` is a private OID arc (this is no registered government type), ``type_code`` has 21 characters,
    ``issuer_uscc`` 18, ``serial`` up to 21, ``version`` counts from 1 and is printed in three digits. The check
    character covers type, issuer, serial and version. A renewal keeps the serial and raises the version.

    :raises NumberingError: a part does not fit.
    """

    root: str
    type_code: str
    issuer_uscc: str
    serial: str
    version: int = 1

    def __post_init__(self) -> None:
        shapes = {
            "root": r"[0-2](\.(0|[1-9][0-9]*))+",
            "type_code": r"[0-9A-Z]{21}",
            "issuer_uscc": r"[0-9A-Z]{18}",
            "serial": r"[0-9A-Z]{1,21}",
        }
        for name, shape in shapes.items():
            if not re.fullmatch(shape, getattr(self, name)):
                raise NumberingError(f"{name} {getattr(self, name)!r}")
        if not 1 <= self.version <= LAST_VERSION:
            raise NumberingError(f"version {self.version}")

    @property
    def check(self) -> str:
        """The check character."""
        return mod_37_36.calc_check_digit(f"{self.type_code}{self.issuer_uscc}{self.serial}{self.version:03}")

    def __str__(self) -> str:
        parts = (self.root, self.type_code, self.issuer_uscc, self.serial, f"{self.version:03}", self.check)
        return ".".join(parts)

    def next_version(self) -> Self:
        """The identifier after a renewal or change: same serial, version + 1."""
        return replace(self, version=self.version + 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an identifier and check it.

        :raises NumberingError: a part does not fit, or the check character is wrong.
        """
        parts = text.rsplit(".", 5)
        if len(parts) != 6 or not re.fullmatch(r"[0-9]{3}", parts[4]):
            raise NumberingError(f"identifier {text!r}")
        root, type_code, issuer_uscc, serial, version, check = parts
        identifier = cls(root, type_code, issuer_uscc, serial, int(version))
        if identifier.check != check:
            raise NumberingError(f"check {check!r}")
        return identifier
