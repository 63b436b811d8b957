"""What a learner fills in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.rules.roster import NUMBER_LONGEST

PHOTO_LARGEST_BYTES = 5 * 1024**2


class ClaimForm(forms.Form):
    """The old certificate, as it is printed; the identity number is the registered one."""

    number = forms.CharField(
        label=_("证书编号"),
        max_length=NUMBER_LONGEST,
        help_text=_("旧证书上印制的编号，字母不分大小写。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    full_name = forms.CharField(
        label=_("证书上的姓名"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class PhotoForm(forms.Form):
    """A photo for certificates issued from now on."""

    photo = forms.FileField(
        label=_("证件照"),
        help_text=_("近期免冠证件照，JPG 或 PNG，5 MB 以内，宽至少 295 像素、高至少 413 像素。"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png"}),
    )

    def clean_photo(self) -> object:
        """Refuse a file that is too large before it is read."""
        photo = self.cleaned_data["photo"]
        if photo.size > PHOTO_LARGEST_BYTES:
            raise forms.ValidationError(_("照片文件过大，请选择 5 MB 以内的照片"), code="too_large")
        return photo
