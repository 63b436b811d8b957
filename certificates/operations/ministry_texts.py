"""Why an archive, or a line of it, was not taken: said to the officer who brought it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from certificates.rules.ministry_package import PackageError


def package_reason(error: PackageError) -> str:
    """One sentence for a whole archive."""
    texts = {
        "not_zip": _("文件不是 ZIP 压缩包，或已损坏。"),
        "too_large": _("“%(name)s”过大，每份证书不超过 5 MB。") if error.name else _("压缩包超过 200 MB，请分成几个。"),
        "too_many": _("压缩包中的文件过多，请分成几个。"),
        "unknown_member": _("压缩包中有不应出现的文件“%(name)s”，为安全起见整包拒收。"),
        "member_twice": _("压缩包中“%(name)s”出现了两次，整包拒收。"),
        "member_missing": _("压缩包中缺少“%(name)s”。"),
        "encrypted": _("压缩包加了密码，请解除后重新打包。"),
        "link": _("压缩包中的“%(name)s”不是普通文件，整包拒收。"),
        "compression": _("压缩包使用了不支持的压缩方式，请用普通 ZIP 方式重新打包。"),
        "manifest_unreadable": _("清单 manifest.json 无法识别，请向部系统重新下载。"),
        "other_batch": _("这个压缩包是另一个数据包的回传文件，请到对应的数据包页面上传。"),
        "not_as_listed": _("压缩包内容与清单不符：“%(name)s”。"),
        "digest": _("“%(name)s”与清单中的摘要不一致，文件可能被改动或损坏。"),
        "results_unreadable": _("results.jsonl 不是 UTF-8 文本。"),
        "broken": _("“%(name)s”无法读出，压缩包已损坏。"),
    }
    return texts[error.code] % {"name": error.name}


def line_reason(code: str) -> str:
    """One sentence for a line."""
    return {
        "not_json": _("不是 JSON"),
        "unknown_field": _("含有不认识的字段"),
        "not_text": _("各字段都应为文本"),
        "renewal_unknown": _("不是本数据包中的换证"),
        "renewal_twice": _("同一换证出现在几行中"),
        "number_twice": _("同一编号出现在几行中"),
        "file_twice": _("同一文件出现在几行中"),
        "number_shape": _("证书编号格式不正确"),
        "identifier_shape": _("证照标识格式不正确"),
        "issued_on": _("发证日期不是 YYYY-MM-DD 格式的日期"),
        "issued_on_out_of_range": _("发证日期早于学时认定日或晚于今天"),
        "file_missing": _("缺少证书文件，或文件名不符合要求"),
        "file_digest": _("证书文件与清单中的摘要不一致"),
        "file_too_large": _("证书文件超过 5 MB，或压缩包展开后过大"),
        "file_broken": _("证书文件无法读出"),
        "not_pdf": _("证书文件不是完整的 PDF"),
        "file_of_another": _("这个文件已是另一本证书"),
        "number_of_another": _("这个编号已属于另一本证书"),
        "number_changed": _("延续的证书编号与原编号不一致"),
        "issued_before": _("这一换证已有另一份证书"),
        "status": _("证书目前的状态不能延续"),
    }[code]
