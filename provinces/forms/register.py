"""What an officer asks of the register, and what is to be sent out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Authority
from certificates.enums import CertificateStatus, IssuerMode, RegisterKey, RegisterPart
from certificates.queries import RegisterFilter
from courses.models import Post
from lms.lib.own_language import own_language

LONGEST_WORDS = 120
FIRST_YEAR = 2000


class RegisterFilterForm(forms.Form):
    """Which list of which authority, and what narrows it; nothing is required."""

    authority = forms.ChoiceField(label=gettext_lazy("主管部门"), required=False)
    part = forms.ChoiceField(choices=RegisterPart, required=False, widget=forms.HiddenInput)
    status = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    post = forms.ChoiceField(label=gettext_lazy("岗位"), required=False)
    year = forms.TypedChoiceField(label=gettext_lazy("签发年份"), required=False, coerce=int, empty_value=None)
    mode = forms.ChoiceField(label=gettext_lazy("签发方式"), required=False)

    def __init__(self, data: Any, *, authorities: Sequence[Authority], now: datetime) -> None:
        super().__init__(data)
        self.authorities = {each.code: each for each in authorities}
        self.posts = {each.code: each for each in Post.objects.order_by("position")}
        choices: dict[str, list[tuple[Any, Any]]] = {
            "authority": [(code, own_language(each)) for code, each in self.authorities.items()],
            "status": [("", _("全部")), *CertificateStatus.choices],
            "post": [("", _("全部")), *((code, own_language(each)) for code, each in self.posts.items())],
            "year": [("", _("全部")), *((year, str(year)) for year in range(now.year + 1, FIRST_YEAR - 1, -1))],
            "mode": [("", _("全部")), *IssuerMode.choices],
        }
        for name, own in choices.items():
            self.fields[name].choices = own  # type: ignore[attr-defined]

    @property
    def chosen_authority(self) -> Authority:
        """The authority whose register is shown: the one asked for, else the first."""
        code = self.cleaned_data["authority"] or next(iter(self.authorities))
        return self.authorities[code]

    @property
    def asked(self) -> RegisterFilter:
        """What the lists understand."""
        given = self.cleaned_data
        post = self.posts.get(given["post"])
        return RegisterFilter(
            part=RegisterPart(given["part"] or RegisterPart.NEWEST),
            status=given["status"],
            post_id=post.pk if post else None,
            year=given["year"],
            mode=given["mode"],
        )

    def narrow(self, *, years: Sequence[int]) -> None:
        """Offer the years in which there is something, and leave out what the list does not know."""
        offered = sorted({*years, *([self.cleaned_data["year"]] if self.cleaned_data["year"] else [])}, reverse=True)
        self.fields["year"].choices = [("", _("全部")), *((year, str(year)) for year in offered)]  # type: ignore[attr-defined]
        if self.asked.part == RegisterPart.PAPER:
            del self.fields["year"], self.fields["mode"]
        elif self.asked.part == RegisterPart.REPLACED:
            self.fields["year"].label = _("替换年份")
            del self.fields["status"], self.fields["mode"]
        if len(self.authorities) == 1:
            del self.fields["authority"]

    def in_words(self) -> dict[str, Any]:
        """What was asked, for the audit: codes only."""
        names = ("part", "status", "post", "year", "mode")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


class RegisterSearchForm(forms.Form):
    """What a certificate is looked for by. The words travel in the body, never in an address."""

    by = forms.ChoiceField(label=gettext_lazy("查找方式"), choices=RegisterKey, widget=forms.Select)
    words = forms.CharField(
        label=gettext_lazy("查找内容"),
        max_length=LONGEST_WORDS,
        error_messages={"required": gettext_lazy("请填写要查找的内容")},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )


class UuidListField(forms.MultipleChoiceField):
    """Ticked lines by their UUIDs; whose they are is asked later."""

    def to_python(self, value: Any) -> list[Any]:
        """Read the UUIDs.

        :raises ValidationError: one is none.
        """
        try:
            return [UUID(each) for each in value or []]
        except (ValueError, AttributeError) as error:
            raise forms.ValidationError(_("所选的内容无法识别，请刷新后重选")) from error

    def valid_value(self, value: Any) -> bool:
        """Any UUID may be asked for."""
        return True


class RegisterSelectionForm(RegisterFilterForm):
    """Which lines are to be sent out: the ticked ones, or everything in the list or search they were shown in."""

    scope = forms.ChoiceField(choices=[("ticked", ""), ("all", "")])
    row = UuidListField(required=False)
    found = forms.CharField(required=False, max_length=40)
    format = forms.ChoiceField(choices=[("csv", ""), ("xlsx", "")], required=False)
