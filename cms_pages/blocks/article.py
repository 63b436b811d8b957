"""What articles, lessons and notices are made of.

The templates say nothing that depends on the day, the reader or the request: a lesson's body is frozen as HTML.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, RichTextBlock, StreamBlock, StructBlock, StructValue, TextBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

INLINE_FEATURES = ["bold", "italic", "superscript", "subscript", "link", "document-link"]


class QuoteBlock(StructBlock):
    """Words of a document, and where they stand."""

    text = TextBlock(label=_("引文"))
    source = CharBlock(label=_("出处"), max_length=200, help_text=_("文件名称与条款，例如：安全生产法第二十二条"))

    class Meta:
        icon = "openquote"
        label = _("引文")
        template = "cms_pages/blocks/quote.html"


class TableValue(StructValue):
    """A table whose cells know their column's name."""

    def labelled_rows(self) -> list[list[tuple[str, str]]]:
        """Give each row as pairs of column name and cell, so that a narrow screen can show them as a list."""
        header = list(self["header"])
        return [list(zip(header, row, strict=False)) for row in self["rows"]]


class TableBlock(StructBlock):
    """A small table with a header row."""

    caption = CharBlock(label=_("表名"), required=False, max_length=120)
    header = ListBlock(CharBlock(label=_("列名")), label=_("表头"))
    rows = ListBlock(ListBlock(CharBlock(label=_("单元格"), required=False)), label=_("行"))

    class Meta:
        icon = "table"
        value_class = TableValue
        label = _("表格")
        template = "cms_pages/blocks/table.html"


class NoteBlock(StructBlock):
    """A remark set apart from the text."""

    text = TextBlock(label=_("提示内容"))

    class Meta:
        icon = "info-circle"
        label = _("提示")
        template = "cms_pages/blocks/note.html"


class FigureBlock(StructBlock):
    """An image with its caption and its description for those who do not see it."""

    image = ImageChooserBlock(label=_("图片"))
    alt = CharBlock(
        label=_("图片说明（读屏用）"),
        required=False,
        max_length=200,
        help_text=_("说出图片所表达的内容；纯装饰的图片可留空"),
    )
    caption = CharBlock(label=_("图注"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("图片")
        template = "cms_pages/blocks/figure.html"


class ReadingBody(StreamBlock):
    """The text of a lesson."""

    heading = CharBlock(
        label=_("小标题"),
        icon="title",
        max_length=120,
        form_classname="title",
        template="cms_pages/blocks/heading.html",
    )
    paragraph = RichTextBlock(label=_("段落"), icon="pilcrow", features=INLINE_FEATURES)
    list = ListBlock(TextBlock(label=_("一项")), label=_("列表"), icon="list-ul", template="cms_pages/blocks/list.html")
    quote = QuoteBlock()
    table = TableBlock()
    note = NoteBlock()
    image = FigureBlock()
    citation = SnippetChooserBlock(
        "courses.RegulatoryDocument",
        label=_("引用文件"),
        icon="doc-full",
        template="cms_pages/blocks/citation.html",
    )

    class Meta:
        required = False
        template = "cms_pages/blocks/body.html"


class ArticleBody(ReadingBody):
    """The text of a page."""
