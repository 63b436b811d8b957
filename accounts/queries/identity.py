"""Identity numbers as people type them, and the digest that finds them."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _

from accounts.enums import IdKind
from accounts.rules.identity import IdentityNumber, IdentityNumberError, normalise_number, read_identity_number
from lms.lib.errors import DomainError
from lms.lib.sealed import keyed_digest


class IdentityRefusedError(DomainError):
    """An identity cannot be registered so; ``field`` names the input to change, empty where none helps."""

    code = "identity_refused"

    def __init__(self, message: str, *, field: str = "id_number", code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


def read_identity(*, id_kind: str, id_number: str, on: date) -> IdentityNumber:
    """The number as it is stored, with what it says of its holder; plausible on the day ``on``.

    :raises IdentityRefusedError: the number cannot be; the message says what to do, ``code`` is the rule's.
    """
    try:
        return read_identity_number(id_kind, id_number, on=on)
    except IdentityNumberError as error:
        field = "id_kind" if error.code in {"unknown_kind", "other_kind"} else "id_number"
        raise IdentityRefusedError(_what_to_do(error), field=field, code=error.code) from error


def identity_digest(*, id_kind: str, id_number: str) -> str:
    """The keyed digest under which a person's number is found, 64 hex digits, however the number was typed.

    The holder's age is not looked at: holder lists are older than today.

    :raises IdentityRefusedError: not a number of its kind.
    """
    return digest_of(read_identity(id_kind=id_kind, id_number=id_number, on=_working_day(id_number)))


def digest_of(identity: IdentityNumber) -> str:
    """The keyed digest of a number that was read."""
    return keyed_digest("identity", identity.kind, identity.number)


def _working_day(id_number: str) -> date:
    """A day in the working life of whoever was born in the year that an 18-character number names."""
    found = re.fullmatch(r"\d{6}(\d{4})\d{7}[\dX]", normalise_number(id_number))
    return date(min(int(found[1]) + 40, 9999), 12, 31) if found else date(2000, 1, 1)


def _what_to_do(error: IdentityNumberError) -> str:
    if error.code == "other_kind":
        kind = IdKind(error.other_kind).label
        return _("这个号码属于“%(kind)s”，请改选证件类型") % {"kind": kind}
    return {
        "unknown_kind": _("请选择证件类型"),
        "empty": _("请填写证件号码"),
        "characters": _("证件号码只含数字和字母，请检查是否有其他符号"),
        "fifteen_digits": _("这是 15 位旧号码，已停止使用。请填写现行身份证上的 18 位号码"),
        "length": _("号码应为 18 位，请对照证件检查是否多填或漏填"),
        "shape": _("号码格式与所选证件类型不符，请对照证件检查，或改选证件类型"),
        "region": _("号码前几位的地区代码不存在，请对照证件检查"),
        "birth_date": _("号码中的出生日期不存在，请检查第 7 至 14 位"),
        "birth_in_future": _("号码中的出生日期在今天之后，请检查第 7 至 14 位"),
        "age": _("号码中的出生年份不合常理：须年满 16 周岁。请检查第 7 至 14 位"),
        "check_digit": _("号码校验不通过，通常是有一位输错。请逐位对照证件检查"),
    }.get(error.code, _("证件号码无法识别，请对照证件检查"))
