"""What an officer hands in of the ministry's system."""

from __future__ import annotations

from typing import IO

from django import forms
from django.utils.translation import gettext_lazy as _

RETURN_LARGEST_BYTES = 200 * 1024**2


class MinistryReturnForm(forms.Form):
    """The archive that came back for one package."""

    archive = forms.FileField(
        label=_("部系统回传的压缩包"),
        help_text=_("ZIP 格式，200 MB 以内，含 manifest.json、results.jsonl 和证书 PDF。重复上传不会重复入库。"),
        error_messages={"required": _("请选择压缩包"), "empty": _("这个文件是空的，请重新选择")},
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
    )

    def clean_archive(self) -> IO[bytes]:
        """Refuse what is too large before it is read."""
        archive = self.cleaned_data["archive"]
        if archive.size > RETURN_LARGEST_BYTES:
            raise forms.ValidationError(_("压缩包超过 200 MB，请分成几个"), code="too_large")
        return archive
