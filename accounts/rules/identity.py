"""Identity numbers: which are possible, how they are written, and what they say about their holder.

GB 11643 gives the resident's 18 characters (region, birth date, sequence, ISO 7064 MOD 11-2 check); the residence
permit of people from Hong Kong, Macao and Taiwan has the same shape under 81/82/83, and the foreigners' permanent
residence card of 2023 under 9. python-stdnum's ``stdnum.cn.ric`` is not used for the whole check: it looks the region
up in a table that has neither the permits nor 99, which the demonstration uses because no such region exists. Its MOD
11-2 serves.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from stdnum.iso7064 import mod_11_2

Sex: TypeAlias = Literal["male", "female"]

DEMO_REGION = "99"
REGION_SHAPE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")  # GB/T 2260
PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})  # Hong Kong, Macao, Taiwan
YOUNGEST, OLDEST = 16, 120  # working age (Labour Law, art. 15), and the age beyond which a date is a typing error


class IdentityNumberError(ValueError):
    """A number that cannot be. ``code`` says why; ``other_kind`` names the kind that the number looks like.

    Codes: ``unknown_kind empty characters fifteen_digits length shape region birth_date birth_in_future age check_digit
    other_kind``.
    """

    def __init__(self, code: str, *, other_kind: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.other_kind = other_kind


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A possible number, as it is stored. Birth and sex are derived, never asked; None where the number has neither."""

    kind: str
    number: str
    birth_on: date | None = None
    sex: Sex | None = None


def read_identity_number(kind: str, text: str, *, on: date) -> IdentityNumber:
    """Read a number of ``kind`` as it was typed; ``on`` is the day on which it must be plausible.

    Full-width characters, blanks, hyphens and small letters are accepted: "９９０００１１９９００１０１００１ｘ" is
    fine.

    :raises IdentityNumberError: see there for the codes.
    """
    reader = _READERS.get(kind)
    if reader is None:
        raise IdentityNumberError("unknown_kind")
    number = normalise_number(text)
    if not number:
        raise IdentityNumberError("empty")
    if not re.fullmatch(r"[0-9A-Z]+", number):
        raise IdentityNumberError("characters")
    return reader(number, on)


def normalise_number(text: str) -> str:
    """ASCII capitals and digits, without blanks, hyphens and brackets, as far as the text allows."""
    return re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text)).upper()


def _read_resident_id(number: str, on: date) -> IdentityNumber:
    _require_eighteen(number)
    if number[:6] in PERMIT_REGIONS:
        raise IdentityNumberError("other_kind", other_kind="hmt_residence_permit")
    if number[0] == "9" and number[:2] != DEMO_REGION:
        raise IdentityNumberError("other_kind", other_kind="foreign_pr")
    if number[:2] != DEMO_REGION and not REGION_SHAPE.fullmatch(number[:2]):
        raise IdentityNumberError("region")
    return _read_eighteen("resident_id", number, on)


def _read_hmt_residence_permit(number: str, on: date) -> IdentityNumber:
    _require_eighteen(number)
    if number[:6] not in PERMIT_REGIONS:
        raise IdentityNumberError("region")
    return _read_eighteen("hmt_residence_permit", number, on)


def _read_foreign_pr(number: str, on: date) -> IdentityNumber:
    """The card of 2023 (18 digits: 9, issuing region, nationality, birth, sequence, check), or the older one.

    The older number has three letters of nationality and twelve digits; its birth date has no century, so none is
    derived.
    """
    if re.fullmatch(r"[A-Z]{3}\d{12}", number):
        return IdentityNumber("foreign_pr", number)
    if number[0] != "9":
        raise IdentityNumberError("shape")
    _require_eighteen(number)
    if not REGION_SHAPE.fullmatch(number[1:3]):
        raise IdentityNumberError("region")
    return _read_eighteen("foreign_pr", number, on)


def _read_hk_macau_permit(number: str, on: date) -> IdentityNumber:
    """H or M and eight digits. The older card prints two more, its renewals, which change: they are left out."""
    return IdentityNumber("hk_macau_permit", _match(r"([HM]\d{8})(\d{2})?", number))


def _read_taiwan_permit(number: str, on: date) -> IdentityNumber:
    """Eight digits for life. Older booklets add two for renewals and a letter for the issuer: they are left out."""
    return IdentityNumber("taiwan_permit", _match(r"(\d{8})(\d{2}[A-Z]?)?", number))


def _read_passport(number: str, on: date) -> IdentityNumber:
    """Five to twelve letters and digits, at least one digit: every country has its own form."""
    return IdentityNumber("passport", _match(r"((?=.*\d)[A-Z0-9]{5,12})", number))


_READERS: dict[str, Callable[[str, date], IdentityNumber]] = {
    "resident_id": _read_resident_id,
    "hk_macau_permit": _read_hk_macau_permit,
    "taiwan_permit": _read_taiwan_permit,
    "hmt_residence_permit": _read_hmt_residence_permit,
    "foreign_pr": _read_foreign_pr,
    "passport": _read_passport,
}


def _match(shape: str, number: str) -> str:
    found = re.fullmatch(shape, number)
    if found is None:
        raise IdentityNumberError("shape")
    return found.group(1)


def _require_eighteen(number: str) -> None:
    if re.fullmatch(r"\d{15}", number):
        raise IdentityNumberError("fifteen_digits")
    if len(number) != 18:
        raise IdentityNumberError("length")
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise IdentityNumberError("shape")


def _read_eighteen(kind: str, number: str, on: date) -> IdentityNumber:
    """The part that all numbers after GB 11643 share: birth date, sex (odd sequence: male) and check."""
    try:
        birth_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise IdentityNumberError("birth_date") from error
    if not mod_11_2.is_valid(number):
        raise IdentityNumberError("check_digit")
    if birth_on > on:
        raise IdentityNumberError("birth_in_future")
    age = on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))
    if not YOUNGEST <= age <= OLDEST:
        raise IdentityNumberError("age")
    return IdentityNumber(kind, number, birth_on, "male" if int(number[16]) % 2 else "female")
