"""Why a list, or one row of it, was not taken: said to whoever made the list."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lms.lib.list_cells import ListRowError
from lms.lib.table_files import TableFileError


def row_reason(error: ListRowError) -> str:
    """One translated sentence for a row; a code of no known reading is a fault of the program."""
    messages = {
        "empty": _("“%(column)s”为空"),
        "too_long": _("“%(column)s”过长"),
        "not_a_date": _("“%(column)s”不是日期"),
        "not_hours": _("“%(column)s”不是大于 0 的学时数，最多一位小数"),
        "unknown_id_kind": _("不认识的证件类型，请写“居民身份证”“护照”等全称"),
        "digits_lost": _("“%(column)s”在表格中按数字保存，15 位以后已失真；请把该列设为文本格式后重新填写"),
        "missing_column": _("缺少“%(column)s”一列"),
        "column_twice": _("“%(column)s”一列出现了两次"),
    }
    return messages[error.code] % {"column": error.column}


def file_reason(error: TableFileError, *, largest_mb: int) -> str:
    """One translated sentence for a whole file."""
    return {
        "too_large": _("文件超过 %(mb)s MB，请分成几份") % {"mb": largest_mb},
        "not_a_list": _("文件不是 CSV 或 XLSX 名册"),
        "unknown_encoding": _("文件编码无法识别，请另存为 UTF-8 编码的 CSV 或 XLSX"),
    }[error.code]
