"""For whom the site is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, PageChooserBlock, StreamBlock, StructBlock, TextBlock


class AudienceBlock(StructBlock):
    """One kind of reader, what the site does for them, and where they go on."""

    title = CharBlock(label=_("对象"), max_length=40)
    text = TextBlock(label=_("能做什么"))
    page = PageChooserBlock(label=_("链接页面"), required=False)
    address = CharBlock(label=_("或站内地址"), required=False, max_length=200, help_text=_("以 / 开头，例如 /my/"))
    label = CharBlock(label=_("链接文字"), required=False, max_length=40)

    class Meta:
        icon = "group"
        label = _("服务对象")


class AudienceStream(StreamBlock):
    """The kinds of reader that the home page speaks to."""

    audience = AudienceBlock()

    class Meta:
        required = False
