"""What an officer makes of a signal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tracking.enums import CaseOutcome
from tracking.models import LedgerEntry


class CaseDecisionForm(forms.Form):
    """Clear the learner, or confirm what was seen; either needs a reason."""

    outcome = forms.ChoiceField(
        label=_("处理结果"),
        choices=[
            (CaseOutcome.CLEARED, _("未发现问题：等待中的年度按政策认定")),
            (CaseOutcome.CONFIRMED, _("查实：年度仍由工作人员认定，可以选择冲正学时")),
        ],
        error_messages={"required": _("请选择处理结果")},
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        help_text=_("写明核查了什么、结论依据什么；记入不可更改的操作记录。"),
        error_messages={"required": _("请写明处理理由")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReversalForm(forms.Form):
    """Which hours are taken back, and why."""

    entries = forms.ModelMultipleChoiceField(
        label=_("需要冲正的学时"),
        queryset=LedgerEntry.objects.none(),
        to_field_name="uuid",
        error_messages={"required": _("请至少选择一条"), "invalid_choice": _("所选的学时不在此列，请刷新后重选")},
    )
    reason = forms.CharField(
        label=_("冲正理由"),
        max_length=300,
        help_text=_("记入不可更改的操作记录。原记录保留，另写一条负数记录；已经作出的认定不会随之改变。"),
        error_messages={"required": _("请写明冲正理由")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, entries: QuerySet[LedgerEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entries"].queryset = entries  # type: ignore[attr-defined]


class RestoreForm(forms.Form):
    """Which hours, taken back by mistake, are entered anew, and why."""

    entry = forms.ModelChoiceField(
        label=_("需要恢复的学时"),
        queryset=LedgerEntry.objects.none(),
        to_field_name="uuid",
        error_messages={"required": _("请选择一条"), "invalid_choice": _("所选的学时不在此列，请刷新后重选")},
    )
    restore_reason = forms.CharField(
        label=_("恢复理由"),
        max_length=300,
        help_text=_("学员可以看到。冲正记录保留，另写一条记录，学时按原来的日期计入。"),
        error_messages={"required": _("请写明恢复学时的理由，学员可以看到。")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, entries: QuerySet[LedgerEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = entries  # type: ignore[attr-defined]
