"""What an officer fills in to change how a certificate stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Authority
from certificates.enums import HoldingAct
from certificates.models import Certificate
from lms.lib.own_language import own_language

CURRENT_PHOTO = "current"
HINTS = {
    HoldingAct.SUSPEND: gettext_lazy("核查期间证书暂时不能使用，不签发新证书；学时照常累计。"),
    HoldingAct.LIFT: gettext_lazy("证书恢复有效，停下的换证和延续继续办理。"),
    HoldingAct.CORRECT: gettext_lazy("票面有误：签发更正后的新版本，原版本保留并注明已被替换。"),
    HoldingAct.CANCEL: gettext_lazy("持证人申请、身故，或证书不再需要。"),
    HoldingAct.RESCIND: gettext_lazy("以欺骗、贿赂等不正当手段取得，或不符合条件而取得。"),
    HoldingAct.REVOKE: gettext_lazy("持证人有违法行为，依法给予处罚。"),
    HoldingAct.TRANSFER_OUT: gettext_lazy("持证人转到其他主管部门，由对方接收后继续管理。"),
    HoldingAct.UNDO_TRANSFER: gettext_lazy("对方尚未接收的，可以收回。"),
    HoldingAct.TRANSFER_IN: gettext_lazy("接收其他主管部门转来的证书，今后由本主管部门管理。"),
    HoldingAct.RESTORE: gettext_lazy("复议、诉讼改变了原决定，原决定有误，或已重新培训并考核合格。"),
}


class ActForm(forms.Form):
    """Why a certificate is to stand otherwise; the learner reads it."""

    reason = forms.CharField(
        label=gettext_lazy("原因和依据"),
        max_length=300,
        help_text=gettext_lazy("学员可以看到。请写明事实、依据和文号。"),
        error_messages={"required": gettext_lazy("请写明原因和依据")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @property
    def changes(self) -> dict[str, str]:
        """What the operation must know beside the reason."""
        return {}


class TransferOutForm(ActForm):
    """Where a certificate goes."""

    to = forms.ChoiceField(
        label=gettext_lazy("转入的主管部门"), error_messages={"required": gettext_lazy("请选择转入的主管部门")}
    )
    field_order = ("to", "reason")

    def __init__(self, data: Any, *, leaving: Authority) -> None:
        super().__init__(data)
        others = Authority.objects.exclude(pk=leaving.pk).order_by("code", "pk")
        choices = [("", _("请选择")), *((each.code, own_language(each)) for each in others)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    @property
    def changes(self) -> dict[str, str]:
        """The code of the receiving authority."""
        return {"to": self.cleaned_data["to"]}


class CorrectionForm(ActForm):
    """The fields of the page that are wrong; what is left as it is printed is no correction."""

    full_name = forms.CharField(label=gettext_lazy("姓名"), max_length=80, required=False)
    issuing_institution = forms.CharField(label=gettext_lazy("发证机构"), max_length=120, required=False)
    photo = forms.BooleanField(
        label=gettext_lazy("换用学员现在的证件照"),
        required=False,
    )
    field_order = ("full_name", "issuing_institution", "photo", "reason")

    def __init__(self, data: Any, *, newest: Certificate) -> None:
        names = ("full_name", "issuing_institution")
        super().__init__(data, initial={name: newest.printed[name] for name in names})
        self.fields["full_name"].help_text = _("票面现为“%(text)s”。更正后登记的姓名一并改变。") % {
            "text": newest.printed["full_name"]
        }
        self.fields["issuing_institution"].help_text = _("票面现为“%(text)s”。") % {
            "text": newest.printed["issuing_institution"] or "—"
        }

    @property
    def changes(self) -> dict[str, str]:
        """The corrected fields as typed."""
        given = self.cleaned_data
        changes = {name: given[name] for name in ("full_name", "issuing_institution") if given[name]}
        return changes | ({"photo": CURRENT_PHOTO} if given["photo"] else {})


class ProposalDecisionForm(forms.Form):
    """The second person's decision."""

    decision = forms.ChoiceField(
        label=gettext_lazy("复核结论"),
        choices=[("confirm", gettext_lazy("同意，立即办理")), ("refuse", gettext_lazy("不同意"))],
        error_messages={"required": gettext_lazy("请选择复核结论")},
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("复核意见"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("不同意时必填，提出人可以看到。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note.one_of_several = True  # type: ignore[attr-defined]  # its hint says when it is needed

    def clean(self) -> dict[str, Any]:
        """A refusal needs its reason."""
        data = super().clean() or {}
        if data.get("decision") == "refuse" and not data.get("note", "").strip():
            self.add_error("note", _("请写明不同意的理由"))
        return data
