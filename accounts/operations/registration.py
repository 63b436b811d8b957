"""A person opens an account, and looks after its password."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operations.audit import record_audit
from accounts.queries import login_name_taken
from accounts.rules.mobile import MobileNumberError, read_mobile
from lms.lib.errors import DomainError

USERNAME_SHAPE = re.compile(r"[^\W\d_][\w.-]{1,29}")


class RegistrationRefusedError(DomainError):
    """No account was opened; ``field`` names the input to change."""

    code = "registration_refused"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def register_user(*, username: str, mobile: str, password: str, now: datetime) -> User:
    """Open an account under a user name, a mainland mobile number, or both; either signs in.

    No mobile number is ever another account's user name, nor the reverse. Without a user name one is made that says
    nothing about the person. Twice at the same moment opens one account: the other gets the refusal.

    :raises RegistrationRefusedError: nothing to sign in with, a wrong shape, a name or number in use, a weak password.
    """
    username, mobile = read_new_username(username), read_new_mobile(mobile)
    if not username and not mobile:
        raise RegistrationRefusedError(_("请填写手机号或用户名，至少一项"), field="mobile")
    user = User(username=username or f"u{secrets.token_hex(6)}", mobile=mobile, date_joined=now)
    check_password_strength(password, user=user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:  # someone was faster between the check and this line
        raise _taken("mobile" if mobile and login_name_taken(mobile) else "username") from None
    ways = {"username": bool(username), "mobile": bool(mobile)}
    record_audit(actor=user, action="user.register", target=user, detail=ways, now=now)
    return user


def read_new_username(text: str) -> str:
    """The user name as it is stored, well shaped and free; '' for none.

    :raises RegistrationRefusedError: with what to change.
    """
    username = User.normalize_username(text.strip())
    if username and not USERNAME_SHAPE.fullmatch(username):
        raise RegistrationRefusedError(
            _("用户名为 2–30 个字符，以字母或汉字开头，可含字母、汉字、数字、点、下划线和连字符"), field="username"
        )
    if username and login_name_taken(username):
        raise _taken("username")
    return username


def read_new_mobile(text: str) -> str:
    """The mobile number as it is stored, possible and free; '' for none.

    :raises RegistrationRefusedError: with what to change.
    """
    if not text.strip():
        return ""
    try:
        mobile = read_mobile(text)
    except MobileNumberError as error:
        message = _("请填写 11 位中国大陆手机号；没有的，可以只填写用户名")
        raise RegistrationRefusedError(message, field="mobile") from error
    if login_name_taken(mobile):
        raise _taken("mobile")
    return mobile


def check_password_strength(password: str, *, user: User) -> None:
    """Apply the site's password rules.

    :raises RegistrationRefusedError: with every rule that is not met.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        texts = [_password_fault(fault) for fault in error.error_list]
        raise RegistrationRefusedError(_("；").join(texts), field="password") from error


@transaction.atomic
def change_password(*, user: User, password: str, now: datetime) -> User:
    """Set a new password; every other session of the account ends.

    :raises RegistrationRefusedError: the password is too weak.
    """
    check_password_strength(password, user=user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record_audit(actor=user, action="user.change_password", target=user, detail={}, now=now)
    return user


def _password_fault(fault: ValidationError) -> str:
    """Django's rules in our words: its Chinese catalogue lags behind its English."""
    if fault.code == "password_too_short" and fault.params:
        return _("密码太短，至少需要 %(min_length)d 个字符") % fault.params
    return {
        "password_too_common": _("密码太常见，容易被猜中"),
        "password_entirely_numeric": _("密码不能全是数字"),
        "password_too_similar": _("密码与用户名或手机号太相似"),
    }.get(fault.code or "", " ".join(fault.messages))


def _taken(field: str) -> RegistrationRefusedError:
    text = {
        "mobile": _("该手机号已经注册。请直接登录，或换一个手机号"),
        "username": _("该用户名已被使用，请换一个"),
    }[field]
    return RegistrationRefusedError(text, field=field)
