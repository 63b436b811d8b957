"""What people fill in. Operations decide; forms put each refusal beside its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import IdKind
from accounts.models import ContactSettings, User
from accounts.operations import (
    RegistrationRefusedError,
    check_password_strength,
    read_full_name,
    read_new_mobile,
    read_new_username,
)
from accounts.queries import IdentityRefusedError, read_identity, sms_is_on


class SignInForm(AuthenticationForm):
    """User name or mobile number, and password."""

    error_messages = {
        "invalid_login": _("用户名、手机号或密码不正确。请检查大小写；连续多次输错，账户会暂时锁定"),
        "inactive": _("该账户已停用，请联系管理员"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名或手机号")
        self.fields["password"].label = _("密码")


class NewPasswordMixin(forms.Form):
    """A new password, typed twice; its rules are read before typing."""

    password = forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=128,
        help_text=_(
            "至少 10 个字符，不能全是数字，不能是常见密码，也不能与用户名或手机号相似。可以用一句自己记得住的话。"
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("再次输入密码"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password_again(self) -> str:
        """Both entries must be the same."""
        again: str = self.cleaned_data["password_again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("两次输入的密码不一致"))
        return again

    def check_new_password(self, user: User) -> None:
        """Put every unmet password rule beside the password."""
        try:
            check_password_strength(self.cleaned_data.get("password", ""), user=user)
        except RegistrationRefusedError as error:
            self.add_error("password", str(error))


class RegistrationForm(NewPasswordMixin):
    """Open an account by mobile number, user name, or both."""

    mobile = forms.CharField(
        label=_("手机号"),
        required=False,
        max_length=20,
        help_text=_("11 位中国大陆手机号，可用于登录。没有的，请填写用户名。"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    username = forms.CharField(
        label=_("用户名"),
        required=False,
        max_length=30,
        help_text=_("2–30 个字符，以字母或汉字开头，可含数字、点、下划线和连字符。手机号和用户名至少填写一项。"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["mobile", "username", "password", "password_again"]
    mobile.one_of_several = username.one_of_several = True  # type: ignore[attr-defined]  # not marked as optional

    def clean_mobile(self) -> str:
        """As it is stored, and free."""
        try:
            return read_new_mobile(self.cleaned_data["mobile"])
        except RegistrationRefusedError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_username(self) -> str:
        """As it is stored, and free."""
        try:
            return read_new_username(self.cleaned_data["username"])
        except RegistrationRefusedError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """One of the two names, and a password that follows the rules."""
        data = super().clean() or self.cleaned_data
        if data.get("username") == "" and data.get("mobile") == "":
            self.add_error("mobile", _("请填写手机号或用户名，至少一项"))
        if data.get("password"):
            self.check_new_password(User(username=data.get("username", ""), mobile=data.get("mobile", "")))
        return data


class PasswordChangeForm(NewPasswordMixin):
    """The present password, then the new one."""

    old_password = forms.CharField(
        label=_("当前密码"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old_password", "password", "password_again"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("新密码")
        self.fields["password_again"].label = _("再次输入新密码")

    def clean_old_password(self) -> str:
        """Only the owner may change it."""
        old: str = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise forms.ValidationError(_("当前密码不正确"))
        return old

    def clean(self) -> dict[str, Any]:
        """The new password follows the rules."""
        data = super().clean() or self.cleaned_data
        if data.get("password"):
            self.check_new_password(self.user)
        return data


class IdentityForm(forms.Form):
    """Real name and identity document, with consent of its own."""

    full_name = forms.CharField(
        label=_("姓名"),
        max_length=80,
        help_text=_("与身份证件一致。少数民族姓名中的圆点请用“·”。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    id_kind = forms.ChoiceField(label=_("证件类型"), choices=IdKind)
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        help_text=_("居民身份证和居住证为 18 位，末位可以是 X。出生日期和性别由号码得出，无需填写。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    consent = forms.BooleanField(
        label=_("我已阅读上述告知，单独同意为办理学时认定和证书换发处理我的姓名、证件号码等敏感个人信息"),
        error_messages={"required": _("不同意则无法完成实名登记。请阅读告知后勾选")},
    )

    def clean_full_name(self) -> str:
        """A name as documents print it."""
        try:
            return read_full_name(self.cleaned_data["full_name"])
        except IdentityRefusedError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """The number must be one of its kind."""
        data = super().clean() or self.cleaned_data
        if data.get("id_kind") and data.get("id_number"):
            try:
                read_identity(id_kind=data["id_kind"], id_number=data["id_number"], on=timezone.localdate())
            except IdentityRefusedError as error:
                self.add_error(error.field, str(error))
        return data


class ContactForm(forms.Form):
    """Where reminders of deadlines go, beside the site's own messages."""

    email = forms.EmailField(
        label=_("电子邮箱"),
        required=False,
        max_length=254,
        help_text=_("用来接收到期提醒，确认后生效。删去即不再使用。"),
        error_messages={"invalid": _("这不是有效的邮箱地址，例如 name@example.com")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    wants_email = forms.BooleanField(label=_("用电子邮件提醒我"), required=False)
    wants_sms = forms.BooleanField(label=_("用短信提醒我"), required=False)
    language = forms.ChoiceField(label=_("消息的语言"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, chosen: ContactSettings, **kwargs: Any) -> None:
        names = ("email", "wants_email", "wants_sms", "language")
        kwargs["initial"] = {name: getattr(chosen, name) for name in names}
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        if not (sms_is_on() and chosen.user.mobile):
            del self.fields["wants_sms"]

    def clean(self) -> dict[str, Any]:
        """What is not asked stays as it is."""
        data = super().clean() or self.cleaned_data
        data.setdefault("wants_sms", self.chosen.wants_sms)
        return data
