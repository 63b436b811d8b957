"""Archives that come back are strangers' files: whatever does not belong spoils all of it, and nothing is stored."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from accounts.models import User
from certificates.models import Certificate, MinistryBatch
from certificates.operations import PackageRefusedError, ReturnReport, take_ministry_return
from certificates.rules.ministry_package import is_whole_pdf
from tests.factories.accounts import make_user
from tests.factories.ministry import answer, make_batch, make_pdf, write_return
from tests.factories.tracking import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]


def take(batch: MinistryBatch, content: io.BytesIO) -> ReturnReport:
    officer: User = make_user()
    return take_ministry_return(batch=batch, content=content, actor=officer, now=NOW)


def refusal(batch: MinistryBatch, content: io.BytesIO) -> str:
    """The code of a refused archive, of which nothing was stored."""
    with pytest.raises(PackageRefusedError) as caught:
        take(batch, content)
    assert Certificate.objects.count() == 0
    assert str(caught.value).endswith("。")
    return caught.value.code


def line_refusals(report: ReturnReport) -> list[tuple[int, str]]:
    return [(int(each["position"]), str(each["reason"])) for each in report.refused]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7\n",
        b"<html>%PDF-1.7 startxref 0 %%EOF",
        b"MZ" + make_pdf(),
        make_pdf()[:-8],
        make_pdf() + b"PK\x03\x04",
        make_pdf().replace(b"startxref\n", b"startxref\n9"),
    ],
)
def test_a_pdf_that_is_none_is_refused(data: bytes):
    assert is_whole_pdf(data) is False
    batch = make_batch()
    lines, _files = answer(batch)
    report = take(batch, write_return(batch, lines, {"certificates/c1.pdf": data}))
    assert line_refusals(report) == [(1, "证书文件不是完整的 PDF")]


@pytest.mark.parametrize(
    "name",
    [
        "../evil.pdf",
        "/etc/cron.d/x",
        "certificates/../../x.pdf",
        "certificates/a..pdf.pdf",
        "certificates\\c.pdf",
        "C:/x.pdf",
        "certificates/子.pdf",
        "certificates/c.pdf/",
        "certificates/",
        "certificates/a.exe",
        ".bashrc",
        "certificates/x.pdf\x00.sh",
    ],
)
def test_a_member_that_leads_elsewhere_spoils_the_whole_archive(name: str):
    batch = make_batch()

    def add(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("x" * len(name.encode()))
        archive.writestr(info, b"evil")

    content = write_return(batch, *answer(batch), change=add)
    renamed = content.getvalue().replace(b"x" * len(name.encode()), name.encode())
    assert refusal(batch, io.BytesIO(renamed)) in {"unknown_member", "link"}


def test_a_member_twice_spoils_the_whole_archive():
    batch = make_batch()
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = write_return(
            batch, *answer(batch), change=lambda archive: archive.writestr("certificates/c1.pdf", make_pdf("2"))
        )
    assert refusal(batch, content) == "member_twice"


def test_a_link_spoils_the_whole_archive():
    batch = make_batch()

    def add(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("certificates/link.pdf")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")

    assert refusal(batch, write_return(batch, *answer(batch), change=add)) == "link"


def test_a_locked_archive_is_refused():
    batch = make_batch()
    data = bytearray(write_return(batch, *answer(batch)).getvalue())
    place = data.index(b"PK\x01\x02") + 8
    data[place] |= 1
    assert refusal(batch, io.BytesIO(bytes(data))) == "encrypted"


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (b"{", "manifest_unreadable"),
        (b"[]", "manifest_unreadable"),
        (b"\xff", "manifest_unreadable"),
        ({"format": "xueshi-ministry-1"}, "manifest_unreadable"),
        ({"batch": "another"}, "other_batch"),
        ({"files": []}, "manifest_unreadable"),
        ({"files": {"results.jsonl": 5}}, "manifest_unreadable"),
        ({"files": {}}, "not_as_listed"),
    ],
)
def test_a_manifest_that_does_not_fit_spoils_the_whole_archive(manifest: object, code: str):
    batch = make_batch()
    assert refusal(batch, write_return(batch, *answer(batch), manifest=manifest)) == code


def test_a_file_that_was_changed_on_the_way_is_refused_by_its_line():
    batch = make_batch(number=2)
    lines, files = answer(batch)
    honest = json.loads(zipfile.ZipFile(write_return(batch, lines, files)).read("manifest.json"))
    forged = {**files, "certificates/c1.pdf": make_pdf("forged")}
    report = take(batch, write_return(batch, lines, forged, manifest=honest))
    assert (line_refusals(report), report.stored) == ([(1, "证书文件与清单中的摘要不一致")], 1)


def test_results_that_were_changed_on_the_way_spoil_the_whole_archive():
    batch = make_batch()
    lines, files = answer(batch)
    honest = json.loads(zipfile.ZipFile(write_return(batch, lines, files)).read("manifest.json"))
    lines[0]["number"] = "BU00000000"
    assert refusal(batch, write_return(batch, lines, files, manifest=honest)) == "digest"


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04" + b"\x00" * 100, make_pdf()])
def test_what_is_no_archive_is_refused(data: bytes):
    assert refusal(make_batch(), io.BytesIO(data)) == "not_zip"


def test_an_archive_cut_short_is_refused():
    batch = make_batch()
    whole = write_return(batch, *answer(batch)).getvalue()
    assert refusal(batch, io.BytesIO(whole[: len(whole) // 2])) == "not_zip"


def test_a_member_that_swells_when_it_is_read_is_refused():
    batch = make_batch()
    lines, _files = answer(batch)
    bomb = write_return(batch, lines, {"certificates/c1.pdf": b"0" * (6 * 1024**2)})
    assert len(bomb.getvalue()) < 20_000
    assert refusal(batch, bomb) == "too_large"


def test_a_member_that_lies_about_its_size_is_not_believed():
    batch = make_batch()
    lines, _files = answer(batch)
    swelling = b"0" * (6 * 1024**2)
    data = write_return(batch, lines, {"certificates/c1.pdf": swelling}).getvalue()
    lied = data.replace(len(swelling).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    report = take(batch, io.BytesIO(lied))
    assert (report.stored, len(report.refused)) == (0, 1)


def test_an_archive_of_too_many_members_is_refused():
    batch = make_batch()
    files = {f"certificates/c{number}.pdf": b"x" for number in range(5_001)}
    assert refusal(batch, write_return(batch, [], files)) == "too_many"
