"""Invented certificates with which a design is tried: a usual one, and one that is full of long texts."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from certificates.rules.printed import PrintedCertificate

TITLE = "住房和城乡建设领域施工现场专业人员职业培训合格证"
SAMPLE_ID_NUMBER = "990001199001010013"
SAMPLE_AUTHORITY = "测试省住房和城乡建设厅"
SAMPLE_AUTHORITY_EN = "Department of Housing and Urban-Rural Development of Test Province"
SAMPLE_ADDRESS = "https://xueshi.example.org/verify/abcdefghijklmnopqrstuvwxyz012345/"
CODE_LENGTH = 280  # of the signed code beside the address


class Sample(StrEnum):
    """Which certificate is shown."""

    USUAL = "usual"
    FULL = "full"


def sample_certificate(
    sample: Sample, *, authority_name: str, authority_name_en: str, template: str, on: date
) -> tuple[PrintedCertificate, str]:
    """What it prints, and the text of its QR, as long as real ones are. Empty names: those of an invented authority."""
    full = sample == Sample.FULL
    years = range(on.year - 27, on.year + 1) if full else range(on.year - 1, on.year + 1)
    lines = [(str(year), f"{year}年继续教育", "32") for year in years]
    renewals = [
        (f"{year}-renewal", f"{year}年换证继续教育", "32") for year in ([on.year - 27, on.year] if full else [on.year])
    ]
    printed = PrintedCertificate(
        title=TITLE,
        number="99" + f"{on.year}0000123",
        full_name="测试阿卜杜热合曼·买买提艾力江·图尔荪·古丽巴哈尔·努尔买买提·测试姓名" if full else "测试甲",
        id_number_printed="9900**********0013",
        post_name="装饰装修施工员" if full else "土建施工员",
        post_name_en="Construction officer, decoration" if full else "Construction officer, civil works",
        issuing_institution="测试省建设行业职业技能培训与继续教育中心（测试市分中心）" if full else "测试培训学校",
        authority_name=authority_name or SAMPLE_AUTHORITY,
        authority_name_en=authority_name_en or ("" if authority_name else SAMPLE_AUTHORITY_EN),
        issued_on=on,
        first_issued_on=date(on.year - 27, 3, 1) if full else on,
        photo_sha256=None,
        ce_lines=tuple(sorted([*renewals, *lines], key=lambda line: line[0][:4])),
        verify_url=SAMPLE_ADDRESS,
        template_version=template,
        version=28 if full else 1,
        identifier="1.2.156.3005.2.999999999999999999999.99999999MA0000000X.00000123.028.K" if full else "",
    )
    code = ("SAMPLE-CODE-NOT-SIGNED_" * 20)[:CODE_LENGTH]
    return printed, f"{SAMPLE_ADDRESS}#{code}"
