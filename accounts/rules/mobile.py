"""Mobile numbers of mainland China."""

import re
import unicodedata


class MobileNumberError(ValueError):
    """Not a mainland mobile number: eleven digits, beginning with 1 and a digit from 3 on."""


def read_mobile(text: str) -> str:
    """The eleven digits of a number as it was typed: "+86 138-0013-8000" and "１３８００１３８０００" are one.

    :raises MobileNumberError: anything else.
    """
    digits = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text))
    number = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", digits)
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise MobileNumberError(digits)
    return number
