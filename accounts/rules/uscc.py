"""Unified social credit codes of organisations (统一社会信用代码, GB 32100)."""

import re
import unicodedata
from dataclasses import dataclass

from stdnum.cn import uscc

SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")


class UsccShapeError(ValueError):
    """Not a code: other than 18 characters, a letter that the standard leaves out (I O S V Z), or no region."""


@dataclass(frozen=True, slots=True)
class Uscc:
    """A code as it is stored.

    ``is_check_doubtful`` asks for a confirmation, no more: some codes were issued with a wrong check character.
    """

    code: str
    is_check_doubtful: bool


def read_uscc(text: str) -> Uscc:
    """Read a code as it was typed: blanks, hyphens, full-width and small letters are accepted.

    :raises UsccShapeError: the shape is wrong. A wrong check character is no error.
    """
    code = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not SHAPE.fullmatch(code):
        raise UsccShapeError(code)
    return Uscc(code=code, is_check_doubtful=uscc.calc_check_digit(code[:17]) != code[17])
