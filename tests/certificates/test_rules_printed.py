"""What a certificate printed reads back the same."""

import json
from dataclasses import replace
from datetime import date

import pytest

from certificates.rules.printed import PrintedCertificate, PrintedCertificateError

PRINTED = PrintedCertificate(
    title="住房和城乡建设领域施工现场专业人员职业培训合格证",
    number="DEMO20260000012",
    full_name="测试·𬭎甲",
    id_number_printed="9900**********0013",
    post_name="土建施工员",
    issuing_institution="测试培训学校",
    authority_name="演示主管部门",
    issued_on=date(2026, 3, 10),
    photo_sha256="ab" * 32,
    ce_lines=(("2025", "2025年继续教育", "32"), ("2026", "2026年继续教育", "32")),
    verify_url="https://example.org/verify/abc",
    template_version="1",
)


def test_printed_certificate_reads_back_the_same_through_real_json() -> None:
    assert PrintedCertificate.from_json(json.loads(json.dumps(PRINTED.to_json()))) == PRINTED


def test_printed_certificate_without_photo_and_lines_reads_back_the_same() -> None:
    bare = replace(PRINTED, photo_sha256=None, ce_lines=())
    assert PrintedCertificate.from_json(bare.to_json()) == bare


def test_stored_date_is_iso_8601() -> None:
    assert PRINTED.to_json()["issued_on"] == "2026-03-10"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": 3}, "unknown schema 3"),
        ({"schema": True}, "unknown schema True"),
        ({"version": 0}, "version does not count from 1: 0"),
        ({"version": "2"}, "version does not count from 1: '2'"),
        ({"corrects_version": True}, "corrects_version does not count from 1: True"),
        ({"first_issued_on": 5}, "first_issued_on is not a date: 5"),
        ({"extra": "x"}, "missing or unknown fields: extra"),
        ({"title": 3}, "title is not text: 3"),
        ({"photo_sha256": 3}, "photo_sha256 is not text: 3"),
        ({"issued_on": "10.3.2026"}, "issued_on is not a date: '10.3.2026'"),
        ({"ce_lines": "none"}, "ce_lines is not a list: 'none'"),
        ({"ce_lines": [["2025", "32"]]}, "a continuing-education line is (key, text, hours), not ['2025', '32']"),
    ],
)
def test_damaged_store_is_refused_with_the_field_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(PrintedCertificateError) as caught:
        PrintedCertificate.from_json({**PRINTED.to_json(), **change})  # type: ignore[dict-item]
    assert str(caught.value) == words


def test_missing_field_is_refused_by_name() -> None:
    stored = PRINTED.to_json()
    del stored["number"]
    with pytest.raises(PrintedCertificateError) as caught:
        PrintedCertificate.from_json(stored)
    assert str(caught.value) == "missing or unknown fields: number"


def test_what_schema_2_added_reads_back_the_same() -> None:
    second = replace(
        PRINTED,
        version=2,
        identifier="1.2.3.X",
        post_name_en="Construction officer",
        authority_name_en="Demonstration authority",
        first_issued_on=date(2025, 3, 10),
        corrects_version=1,
        design_sha256="cd" * 32,
    )
    assert second.to_json()["schema"] == 2
    assert PrintedCertificate.from_json(json.loads(json.dumps(second.to_json()))) == second


def test_a_certificate_stored_in_schema_1_still_reads_back() -> None:
    stored = {
        "schema": 1,
        "title": "住房和城乡建设领域施工现场专业人员职业培训合格证",
        "number": "DEMO20260000012",
        "full_name": "测试·𬭎甲",
        "id_number_printed": "9900**********0013",
        "post_name": "土建施工员",
        "issuing_institution": "测试培训学校",
        "authority_name": "演示主管部门",
        "issued_on": "2026-03-10",
        "photo_sha256": "ab" * 32,
        "ce_lines": [["2025", "2025年继续教育", "32"], ["2026", "2026年继续教育", "32"]],
        "verify_url": "https://example.org/verify/abc",
        "template_version": "1",
    }
    assert PrintedCertificate.from_json(stored) == PRINTED


def test_schema_1_with_a_field_of_schema_2_is_refused() -> None:
    with pytest.raises(PrintedCertificateError) as caught:
        PrintedCertificate.from_json({**PRINTED.to_json(), "schema": 1})
    assert str(caught.value).startswith("missing or unknown fields: authority_name_en, corrects_version")
