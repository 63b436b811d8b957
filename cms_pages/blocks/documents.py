"""Citing regulatory documents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamBlock
from wagtail.snippets.blocks import SnippetChooserBlock


class DocumentStream(StreamBlock):
    """A list of cited documents, chosen from the register."""

    document = SnippetChooserBlock("courses.RegulatoryDocument", label=_("法规标准文件"), icon="doc-full")

    class Meta:
        required = False
