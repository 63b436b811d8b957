"""What the home page says: the steps of the road, and for whom the site is. Each text may have its English."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StreamBlock, StructBlock, TextBlock


class StepBlock(StructBlock):
    """One step of the road."""

    title = CharBlock(label=_("步骤"), max_length=40)
    title_en = CharBlock(label=_("步骤（英文）"), required=False, max_length=80)
    text = TextBlock(label=_("说明"))
    text_en = TextBlock(label=_("说明（英文）"), required=False)

    class Meta:
        icon = "order"
        label = _("步骤")


class AudienceBlock(StructBlock):
    """One kind of reader, what the site does for them, and where they go on."""

    title = CharBlock(label=_("对象"), max_length=40)
    title_en = CharBlock(label=_("对象（英文）"), required=False, max_length=80)
    text = TextBlock(label=_("能做什么"))
    text_en = TextBlock(label=_("能做什么（英文）"), required=False)
    address = CharBlock(label=_("站内地址"), required=False, max_length=200, help_text=_("以 / 开头，例如 /my/"))
    label = CharBlock(label=_("链接文字"), required=False, max_length=40)
    label_en = CharBlock(label=_("链接文字（英文）"), required=False, max_length=80)

    class Meta:
        icon = "group"
        label = _("服务对象")


class StepStream(StreamBlock):
    """The road, step by step."""

    step = StepBlock()

    class Meta:
        required = False
        max_num = 6


class AudienceStream(StreamBlock):
    """The kinds of reader that the home page speaks to."""

    audience = AudienceBlock()

    class Meta:
        required = False
