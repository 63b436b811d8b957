"""What officers take out of the register: lists and archives."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from openpyxl import load_workbook

from accounts.enums import OfficerRole
from accounts.models import AuditEntry, Authority, Learner, User
from certificates.models import Certificate, Holding
from certificates.operations.register_archives import file_name
from tests.factories.accounts import appoint_officer
from tests.factories.certificates import make_certificate, make_holding
from tests.factories.register import Register, make_register
from tests.factories.tracking import make_ruled_authority

pytestmark = pytest.mark.django_db
ARCHIVE = "/province/register/archive/"
EXPORT = "/province/register/export/"


@pytest.fixture
def authority() -> Authority:
    return make_ruled_authority()


@pytest.fixture
def registrar(authority: Authority) -> User:
    return appoint_officer(authority=authority, role=OfficerRole.REGISTRAR).user


@pytest.fixture
def desk(client: Client, registrar: User) -> Client:
    client.force_login(registrar)
    return client


@pytest.fixture
def register(media_folder: Path) -> Register:
    """Three hundred certificates, each with a stored file of the bytes that it names."""
    made = make_register(certificates=300)
    for certificate in Certificate.objects.all():
        storages["private"].save(certificate.pdf_path, ContentFile(str(certificate.pk).encode()))
    return made


@pytest.fixture
def long_desk(client: Client, register: Register) -> Client:
    client.force_login(appoint_officer(authority=register.authorities[0], role=OfficerRole.REGISTRAR).user)
    return client


def body_of(response: Any) -> bytes:
    assert response.status_code == 200, response.get("Location")
    return b"".join(response.streaming_content)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def unpack(response: Any) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """The files of an archive, and its list."""
    with zipfile.ZipFile(io.BytesIO(body_of(response))) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    lines = csv.DictReader(io.StringIO(files.pop("list.csv").decode("utf-8-sig"), newline=""))
    return files, list(lines)


def newest_of(register: Register) -> Iterator[Certificate]:
    own = Holding.objects.filter(authority=register.authorities[0], last_issued_at__isnull=False)
    for holding in own.order_by("-last_issued_at", "-pk"):
        yield holding.certificates.order_by("-version")[0]


def test_an_archive_holds_the_stored_file_of_every_line_and_a_list(long_desk: Client, register: Register) -> None:
    files, lines = unpack(long_desk.post(ARCHIVE, {"scope": "all"}))
    newest = list(newest_of(register))
    assert len(newest) > 150
    assert files == {f"{each.number}-v{each.version}.pdf": str(each.pk).encode() for each in newest}
    assert [line["文件"] for line in lines] == list(files)
    assert [line["文件 SHA-256"] for line in lines] == [each.pdf_sha256 for each in newest]
    assert {line["结果"] for line in lines} == {"已打包"}
    entry = AuditEntry.objects.get(action="register.archive")
    assert entry.target == f"accounts.authority:{register.authorities[0].uuid}"
    assert entry.detail == {"files": len(newest), "part": "newest", "scope": "all"}


def test_missing_altered_and_unreadable_files_are_named_and_break_nothing(
    long_desk: Client, register: Register, media_folder: Path
) -> None:
    missing, altered, folder, *others = newest_of(register)
    private = media_folder / "private"
    (private / missing.pdf_path).unlink()
    (private / altered.pdf_path).write_bytes(b"something else")
    (private / folder.pdf_path).unlink()
    (private / folder.pdf_path).mkdir()

    files, lines = unpack(long_desk.post(ARCHIVE, {"scope": "all"}))

    assert len(files) == len(others)
    assert [line["结果"] for line in lines[:4]] == [
        "未打包：存储中没有这个文件",
        "未打包：文件与签发时不一致",
        "未打包：存储暂时无法读取，请稍后重试",
        "已打包",
    ]
    assert [(line["文件"], line["证书编号"]) for line in lines[:3]] == [
        ("", each.number) for each in (missing, altered, folder)
    ]
    assert len(lines) == len(others) + 3


def test_a_storage_that_is_away_is_not_asked_for_every_file(
    long_desk: Client, register: Register, media_folder: Path
) -> None:
    newest = list(newest_of(register))
    for each in newest[2:5]:
        path = media_folder / "private" / each.pdf_path
        path.unlink()
        path.mkdir()
    files, lines = unpack(long_desk.post(ARCHIVE, {"scope": "all"}))
    assert len(files) == 2
    assert {line["结果"] for line in lines[2:]} == {"未打包：存储暂时无法读取，请稍后重试"}
    assert len(lines) == len(newest)


def test_an_archive_without_one_file_still_has_its_list(desk: Client, authority: Authority, media_folder: Path) -> None:
    certificate = make_certificate(authority=authority)
    (media_folder / "private" / certificate.pdf_path).unlink()
    files, lines = unpack(desk.post(ARCHIVE, {"scope": "all"}))
    assert files == {}
    assert [line["证书编号"] for line in lines] == [certificate.number]


def test_an_archive_needs_no_more_memory_for_more_files(long_desk: Client, media_folder: Path) -> None:
    private = media_folder / "private"
    big = b"x" * 400_000
    for path in private.rglob("*.pdf"):
        path.write_bytes(big)  # none is what was issued: each is read, none is packed
    response = long_desk.post(ARCHIVE, {"scope": "all"})
    tracemalloc.start()
    longest = max(len(piece) for piece in response.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert longest < 200_000
    assert peak < 20_000_000


def test_ticked_lines_alone_are_taken_out(long_desk: Client, register: Register) -> None:
    chosen = list(newest_of(register))[5:8]
    rows = [str(each.holding.uuid) for each in chosen]
    files, _lines = unpack(long_desk.post(ARCHIVE, {"scope": "ticked", "row": [*rows, rows[0]]}))
    assert list(files.values()) == [str(each.pk).encode() for each in chosen]
    replaced = Certificate.objects.filter(replaced_by__isnull=False, authority=register.authorities[0])[0]
    ticked = {"scope": "ticked", "part": "replaced", "row": str(replaced.uuid)}
    files, _lines = unpack(long_desk.post(ARCHIVE, ticked))
    assert files == {f"{replaced.number}-v1.pdf": str(replaced.pk).encode()}


def test_a_ticked_line_of_another_authority_refuses_the_whole(long_desk: Client, register: Register) -> None:
    own, foreign = (Holding.objects.filter(authority=each)[0] for each in register.authorities)
    for address in (ARCHIVE, EXPORT):
        response = long_desk.post(address, {"scope": "ticked", "row": [str(own.uuid), str(foreign.uuid)]})
        assert response.status_code == 404
    assert not AuditEntry.objects.filter(action__startswith="register.").exists()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"scope": "some"},
        {"scope": "ticked", "row": "1"},
        {"scope": "all", "found": "x"},
        {"scope": "all", "status": "1"},
    ],
)
def test_a_choice_that_is_none_is_not_found(desk: Client, fields: dict[str, str]) -> None:
    assert desk.post(EXPORT, fields).status_code == 404
    assert desk.get(EXPORT).status_code == 405


@pytest.mark.parametrize(
    ("fields", "said"), [({"scope": "ticked"}, "请先勾选证书"), ({"scope": "all"}, "没有符合条件的证书")]
)
def test_nothing_chosen_is_said_on_the_page(desk: Client, fields: dict[str, str], said: str) -> None:
    for address in (ARCHIVE, EXPORT):
        assert said in text_of(desk.post(address, fields, follow=True))


def test_old_certificates_have_no_files_to_pack(desk: Client, authority: Authority) -> None:
    make_holding(authority=authority)
    said = text_of(desk.post(ARCHIVE, {"scope": "all", "part": "paper"}, follow=True))
    assert "都还没有电子证书文件" in said
    assert not AuditEntry.objects.filter(action="register.archive").exists()


def test_more_than_is_sent_at_once_is_refused_with_what_to_do(
    long_desk: Client, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provinces.views.register_files.MOST_EXPORTED", 100)
    monkeypatch.setattr("provinces.views.register_files.MOST_PACKED", 100)
    for address in (ARCHIVE, EXPORT):
        response = long_desk.post(address, {"scope": "all", "status": "01"}, follow=True)
        assert "超过 100 本" in text_of(response)
        assert "status=01" in response.request["QUERY_STRING"]
    assert not AuditEntry.objects.filter(action__startswith="register.").exists()


def test_an_export_has_a_line_a_certificate_and_no_whole_number(long_desk: Client, register: Register) -> None:
    data = body_of(long_desk.post(EXPORT, {"scope": "all", "format": "csv"}))
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    newest = list(newest_of(register))
    assert [line["证书编号"] for line in lines] == [each.number for each in newest]
    assert [line["文件 SHA-256"] for line in lines] == [each.pdf_sha256 for each in newest]
    assert {line["证件号码"][3:14] for line in lines} == {"*" * 11}
    assert not any("token" in cell for line in lines for cell in line.values())
    entry = AuditEntry.objects.get(action="register.export")
    assert entry.detail == {"format": "csv", "rows": len(newest), "part": "newest", "scope": "all"}


def test_both_formats_say_the_same(long_desk: Client, register: Register) -> None:
    asked = {"scope": "all", "status": "05", "post": register.posts[3].code}
    plain = body_of(long_desk.post(EXPORT, {**asked, "format": "csv"})).decode("utf-8-sig")
    book = load_workbook(io.BytesIO(body_of(long_desk.post(EXPORT, {**asked, "format": "xlsx"}))))
    sheet = [["" if cell is None else str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert sheet == list(csv.reader(io.StringIO(plain, newline="")))
    assert len(sheet) > 1
    details = AuditEntry.objects.filter(action="register.export").order_by("pk").values_list("detail", flat=True)
    assert [each["format"] for each in details] == ["csv", "xlsx"]
    assert details[0]["post"] == register.posts[3].code


def test_the_lists_of_old_and_of_replaced_certificates_are_exported_too(long_desk: Client, register: Register) -> None:
    paper = body_of(long_desk.post(EXPORT, {"scope": "all", "part": "paper"})).decode("utf-8-sig")
    without = Holding.objects.filter(authority=register.authorities[0], last_issued_at__isnull=True)
    assert len(paper.splitlines()) == without.count() + 1
    replaced = body_of(long_desk.post(EXPORT, {"scope": "all", "part": "replaced"})).decode("utf-8-sig")
    assert replaced.count("已被替换") == len(replaced.splitlines()) - 1 > 0


def test_a_name_that_is_a_formula_is_exported_as_text(desk: Client, authority: Authority) -> None:
    formula = '=HYPERLINK("http://example.invalid","测试")'
    holding = make_holding(authority=authority, institution_name="@SUM(A1:A9)")
    Learner.objects.filter(pk=holding.learner_id).update(full_name=formula)
    data = body_of(desk.post(EXPORT, {"scope": "all", "part": "paper"})).decode("utf-8-sig")
    line = next(csv.DictReader(io.StringIO(data, newline="")))
    assert line["姓名"] == f"'{formula}"
    assert line["发证机构"] == "'@SUM(A1:A9)"
    book = load_workbook(io.BytesIO(body_of(desk.post(EXPORT, {"scope": "all", "part": "paper", "format": "xlsx"}))))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}


def test_what_a_search_found_is_taken_out_and_the_search_is_named_without_its_words(
    long_desk: Client, register: Register
) -> None:
    page = long_desk.post("/province/register/search/", {"by": "name", "words": "测试"}, follow=True)
    data = body_of(long_desk.post(EXPORT, {"scope": "all", "found": page.context["find"].key})).decode("utf-8-sig")
    assert len(data.splitlines()) == Holding.objects.filter(authority=register.authorities[0]).count() + 1
    entry = AuditEntry.objects.get(action="register.export")
    assert {name: entry.detail[name] for name in ("scope", "search")} == {"scope": "all", "search": "name"}
    assert "测试" not in str(entry.detail)


def test_every_authority_whose_lines_are_taken_out_has_its_audit(long_desk: Client, register: Register) -> None:
    officer = User.objects.get(appointments__authority=register.authorities[0])
    appoint_officer(user=officer, authority=register.authorities[1], role=OfficerRole.REGISTRAR)
    rows = [str(Holding.objects.filter(authority=each)[0].uuid) for each in register.authorities]
    assert len(body_of(long_desk.post(EXPORT, {"scope": "ticked", "row": rows})).splitlines()) == 3
    targets = AuditEntry.objects.filter(action="register.export").values_list("target", flat=True)
    assert set(targets) == {f"accounts.authority:{each.uuid}" for each in register.authorities}


def test_the_lines_are_read_some_hundreds_at_a_time(
    long_desk: Client, register: Register, django_assert_max_num_queries: Any
) -> None:
    response = long_desk.post(EXPORT, {"scope": "all"})
    with django_assert_max_num_queries(4):
        assert len(b"".join(response.streaming_content)) > 10_000


def test_a_number_that_no_file_may_bear_gets_another_name(
    desk: Client, authority: Authority, media_folder: Path
) -> None:
    certificate = make_certificate(authority=authority)
    twin = Certificate(number="../测试/../1", version=3, uuid=certificate.uuid)
    assert file_name(twin) == f"___测试____1-v3-{certificate.uuid.hex[:8]}.pdf"
