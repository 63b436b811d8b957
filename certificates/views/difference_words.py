"""Differences between two files, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from certificates.rules.pdf_comparison import Change, Difference


def words_of(difference: Difference) -> str:
    """One sentence for one difference; nothing of the file that was handed in is repeated."""
    if difference.change is Change.FIELD:
        return _("票面“%(field)s”与签发时不同。") % {"field": _field_name(difference.field or "")}
    if difference.change in (Change.PICTURES, Change.LOOKS):
        words = {
            Change.PICTURES: _("第 %(page)s 页的照片或图片与签发时不同。"),
            Change.LOOKS: _("第 %(page)s 页的画面与签发时不同。"),
        }
        return words[difference.change] % {"page": difference.page}
    values = {"bytes": difference.bytes, "place": (difference.offset or 0) + 1}
    return _sentence(difference.change) % values


def _sentence(change: Change) -> str:
    sentences = {
        Change.APPENDED: _("在原文件之后追加了 %(bytes)s 个字节。"),
        Change.CUT: _("文件不完整，末尾缺少 %(bytes)s 个字节。"),
        Change.BYTES: _("有 %(bytes)s 个字节被改动，最前面的一处是第 %(place)s 个字节。"),
        Change.REWRITTEN: _("整个文件被重新生成过，不是签发的那一份。"),
        Change.SEAL_BROKEN: _("文件里的电子签名是这本证书的，但签名之后内容被改动，签名已失效。"),
        Change.SEAL_GONE: _("文件里没有这本证书完好的电子签名。"),
        Change.OTHER_TEXT: _("票面上的其他文字与签发时不同。"),
        Change.ADDED_TEXT: _("票面上增加了签发时没有的文字。"),
        Change.PAGES: _("页数与签发时不同。"),
        Change.METADATA: _("文件属性（标题、作者、主题）与签发时不同。"),
        Change.UNREADABLE: _("文件已损坏，无法读出票面内容。"),
    }
    return sentences[change]


def _field_name(field: str) -> str:
    names = {
        "number": _("证书编号"),
        "full_name": _("姓名"),
        "id_number_printed": _("证件号码"),
        "post_name": _("岗位"),
        "issuing_institution": _("发证机构"),
        "authority_name": _("主管部门"),
        "issued_on": _("发证日期"),
        "ce_lines": _("继续教育记录"),
    }
    return names.get(field, field)
