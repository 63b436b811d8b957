"""What an officer answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tracking.enums import DisputeState


class DisputeAnswerForm(forms.Form):
    """Explain why it was counted so, or uphold the dispute; the learner reads the text."""

    state = forms.ChoiceField(
        label=_("结论"),
        choices=[(DisputeState.EXPLAINED, _("维持原记录，作出说明")), (DisputeState.UPHELD, _("异议成立"))],
        error_messages={"required": _("请选择结论")},
        widget=forms.RadioSelect,
        help_text=_("异议成立本身不改变学时：需要补记的，请按线下学时登记；需要扣回的，请作冲正。"),
    )
    answer = forms.CharField(
        label=_("答复"),
        max_length=1_000,
        help_text=_("学员会看到这段文字。请说明依据哪些记录，以及接下来可以怎么做。"),
        error_messages={"required": _("请写明答复内容")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
