"""What a learner fills in."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.rules.roster import NUMBER_LONGEST

CODE_AT_THE_END = re.compile(r"(?:^|/)([A-Za-z0-9_-]{1,64})/?(?:[?#].*)?$")
PHOTO_LARGEST_BYTES = 5 * 1024**2


class ClaimForm(forms.Form):
    """The old certificate, as it is printed; the identity number is the registered one."""

    number = forms.CharField(
        label=_("证书编号"),
        max_length=NUMBER_LONGEST,
        help_text=_("旧证书上印制的编号，字母不分大小写。"),
        error_messages={"required": _("请填写证书编号")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    full_name = forms.CharField(
        label=_("证书上的姓名"),
        max_length=80,
        error_messages={"required": _("请填写证书上的姓名")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class VerifyForm(forms.Form):
    """The address or the code printed beside a certificate's QR."""

    code = forms.CharField(
        label=_("核验网址或核验码"),
        max_length=300,
        help_text=_("网址形如 …/verify/核验码/，核验码是其最后一段，区分字母大小写。"),
        error_messages={"required": _("请输入核验网址或核验码")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

    def clean_code(self) -> str:
        """The code alone, whatever of its address was typed around it."""
        found = CODE_AT_THE_END.search(self.cleaned_data["code"])
        if found is None:
            raise forms.ValidationError(_("这不是核验网址或核验码，请对照证书重新输入"), code="no_code")
        return found[1]


class NumberForm(forms.Form):
    """What somebody without a QR code knows of a certificate: its number and its holder's name, as printed."""

    number = forms.CharField(
        label=_("证书编号"),
        max_length=NUMBER_LONGEST,
        help_text=_("电子证书上印制的编号，字母不分大小写，全角半角和空格均可。"),
        error_messages={"required": _("请填写证书编号")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
    full_name = forms.CharField(
        label=_("持证人姓名"),
        max_length=80,
        error_messages={"required": _("请填写持证人姓名")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CertificateFileForm(forms.Form):
    """A PDF that somebody was given as a certificate."""

    file = forms.FileField(
        label=_("证书 PDF 文件"),
        help_text=_("4 MB 以内。文件只在内存中比对，不保存，也不显示给任何人。"),
        error_messages={"required": _("请选择 PDF 文件"), "empty": _("这个文件是空的，请重新选择")},
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )


class PhotoForm(forms.Form):
    """A photo for certificates issued from now on."""

    photo = forms.FileField(
        label=_("证件照"),
        help_text=_("近期免冠证件照，JPG 或 PNG，5 MB 以内，宽至少 295 像素、高至少 413 像素。"),
        error_messages={"required": _("请选择照片文件"), "empty": _("这个文件是空的，请重新选择照片")},
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png"}),
    )

    def clean_photo(self) -> object:
        """Refuse a file that is too large before it is read."""
        photo = self.cleaned_data["photo"]
        if photo.size > PHOTO_LARGEST_BYTES:
            raise forms.ValidationError(_("照片文件过大，请选择 5 MB 以内的照片"), code="too_large")
        return photo
