"""A PDF handed in: the issued file, an altered one, or none that we know; and files made to do harm."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path

import pypdf
import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from certificates.enums import CertificateOperation
from certificates.gateways.typesetting import render_certificate
from certificates.models import Certificate
from certificates.operations.events import record_event
from certificates.rules.design import Design
from certificates.rules.printed import PrintedCertificate
from tests.factories.accounts import make_learner
from tests.factories.certificates import NOW, make_certificate, make_holding

pytestmark = pytest.mark.django_db

ADDRESS = "/verify/file/"


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


@pytest.fixture
def certificate(media_folder: Path) -> Certificate:
    return make_certificate(holding=make_holding(learner=make_learner(full_name="测试张三丰")))


def stored(certificate: Certificate) -> bytes:
    with storages["private"].open(certificate.pdf_path, "rb") as stream:
        return stream.read()


def hand_in(client: Client, pdf: bytes, name: str = "证书.pdf"):
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, pdf)})


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def differences_of(response) -> list[str]:
    found = re.search(r"<ul>(.*?)</ul>", text_of(response).split('id="differences"')[1])
    return re.findall(r"<li>(.*?)</li>", found[1])


def page_with(certificate: Certificate, **changes: str) -> bytes:
    """The page set again with other printed fields, as a forger with our program would; without a seal."""
    stored_fields = {**certificate.printed, **changes}
    printed = PrintedCertificate.from_json(stored_fields)
    return render_certificate(
        printed, id_number="990001199001010012", photo=None, demo=False, issued_at=certificate.issued_at
    )


def test_the_issued_file_is_genuine(client: Client, certificate: Certificate, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        response = hand_in(client, stored(certificate))
    text = text_of(response)
    assert response.status_code == 200
    assert "文件是签发的原件" in text
    assert "与本系统签发并存档的文件逐字节相同" in text
    assert "但证书" not in text
    assert f'href="/verify/{certificate.token}/"' in text


def test_a_genuine_file_of_a_suspended_certificate_says_that_it_is_not_valid(client: Client, certificate: Certificate):
    record_event(holding=certificate.holding, operation=CertificateOperation.SUSPEND, now=NOW)
    text = text_of(hand_in(client, stored(certificate)))
    assert "文件是签发的原件" in text
    assert "但证书目前无效，现在的状态是“暂停”" in text


def test_appended_bytes_are_counted(client: Client, certificate: Certificate):
    response = hand_in(client, stored(certificate) + b"\n% more")
    assert "文件被改动过，不是签发的原件" in text_of(response)
    assert differences_of(response) == [
        "在原文件之后追加了 7 个字节。",
        "文件里的电子签名是这本证书的，但签名之后内容被改动，签名已失效。",
    ]


def test_what_is_laid_over_the_page_is_seen(client: Client, certificate: Certificate):
    writer, stream = IncrementalPdfFileWriter(io.BytesIO(stored(certificate))), io.BytesIO()
    cover = writer.add_object(generic.StreamObject(stream_data=b"q 1 0 0 rg 200 250 400 80 re f Q"))
    writer.add_stream_to_page(0, cover)
    writer.write(stream)
    response = hand_in(client, stream.getvalue())
    assert differences_of(response) == [
        "第 1 页的画面与签发时不同。",
        f"在原文件之后追加了 {len(stream.getvalue()) - certificate.pdf_bytes} 个字节。",
        "文件里的电子签名是这本证书的，但签名之后内容被改动，签名已失效。",
    ]


def test_a_file_that_was_cut_short_says_how_much_is_missing(client: Client, certificate: Certificate):
    response = hand_in(client, stored(certificate)[:-2000])
    assert "文件不完整，末尾缺少 2000 个字节。" in differences_of(response)


def test_changed_bytes_are_counted_and_placed(client: Client, certificate: Certificate):
    data = bytearray(stored(certificate))
    for place in (3000, 3001, 9000):
        data[place] ^= 0xFF
    assert "有 3 个字节被改动，最前面的一处是第 3001 个字节。" in differences_of(hand_in(client, bytes(data)))


def test_a_file_written_anew_by_another_program_is_altered(client: Client, certificate: Certificate):
    writer, stream = pypdf.PdfWriter(io.BytesIO(stored(certificate))), io.BytesIO()
    writer.write(stream)
    response = hand_in(client, stream.getvalue())
    assert "文件被改动过，不是签发的原件" in text_of(response)
    assert "整个文件被重新生成过，不是签发的那一份。" in differences_of(response)


def test_another_post_on_the_page_is_named_by_its_field(client: Client, certificate: Certificate):
    response = hand_in(client, page_with(certificate, post_name="另外的岗位"))
    assert differences_of(response) == [
        "票面“岗位”与签发时不同。",
        "整个文件被重新生成过，不是签发的那一份。",
        "文件里没有这本证书完好的电子签名。",
    ]
    text = text_of(response)
    assert "测****" in text
    assert "另外的岗位" not in text


def test_other_hours_and_another_day_are_named(client: Client, certificate: Certificate):
    lines = [["2026", "2026年换证继续教育", "99"]]
    response = hand_in(client, page_with(certificate, issued_on="2025-01-01", ce_lines=lines))
    assert differences_of(response)[:2] == ["票面“发证日期”与签发时不同。", "票面“继续教育记录”与签发时不同。"]


def test_a_number_with_another_name_tells_nothing(client: Client, certificate: Certificate):
    """Or whoever knows a number could try out names."""
    forged = page_with(certificate, full_name="测试李四")
    nobody = page_with(certificate, full_name="测试李四", number="ZZ202600000017")
    assert text_of(hand_in(client, forged)).split("<main")[1] == text_of(hand_in(client, nobody)).split("<main")[1]
    assert "不能确认这个文件" in text_of(hand_in(client, forged))
    assert certificate.authority.name not in text_of(hand_in(client, forged))


def test_a_number_with_a_list_of_names_tells_nothing(client: Client, certificate: Certificate):
    """Or one file would try out thousands of names."""
    for names in ("测试李四测试张三丰测试王五", "测试张三丰测试李四"):
        listed = hand_in(client, page_with(certificate, full_name=names))
        assert "不能确认这个文件" in text_of(listed)
        assert certificate.authority.name not in text_of(listed)


def test_a_number_with_a_list_of_names_in_its_description_tells_nothing(client: Client, certificate: Certificate):
    writer, stream = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=300, height=300)
    writer.add_metadata({"/Title": f"{certificate.number} 测试李四 测试张三丰", "/Subject": "姓名 测试张三丰"})
    writer.write(stream)
    assert "不能确认这个文件" in text_of(hand_in(client, stream.getvalue()))


@pytest.mark.parametrize("bilingual", [False, True])
@pytest.mark.parametrize("name", ["测试张三丰", "测试" + "·阿卜杜热合曼" * 7])
def test_a_page_set_anew_is_traced_by_its_number_and_name(
    client: Client, media_folder: Path, name: str, bilingual: bool
):
    certificate = make_certificate(holding=make_holding(learner=make_learner(full_name=name)))
    printed = PrintedCertificate.from_json(certificate.printed | {"post_name": "另外的岗位"})
    page = render_certificate(
        printed,
        id_number="990001199001010012",
        photo=None,
        demo=False,
        issued_at=certificate.issued_at,
        design=Design(bilingual=bilingual),
    )
    assert "票面“岗位”与签发时不同。" in differences_of(hand_in(client, page))


def test_identity_numbers_cannot_be_tried_out_with_number_and_name(client: Client, certificate: Certificate):
    def told(id_number: str) -> list[str]:
        printed = PrintedCertificate.from_json({**certificate.printed, "post_name": "另外的岗位"})
        page = render_certificate(printed, id_number=id_number, photo=None, demo=False, issued_at=certificate.issued_at)
        return differences_of(hand_in(client, page))

    assert told("990001199001010012") == told("990001198502020029")


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n",
        b"\x00" * 5000,
        b"PK\x03\x04" + b"zip" * 100,
        "一份文字".encode() * 50,
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>",
    ],
)
def test_what_is_no_certificate_is_unknown(client: Client, media_folder: Path, data: bytes):
    response = hand_in(client, data, name="<script>alert(1)</script>.pdf")
    assert response.status_code == 200
    assert "不能确认这个文件" in text_of(response)
    assert "alert(1)" not in response.content.decode()


def test_a_file_of_one_byte_too_many_is_refused_while_it_comes(client: Client, media_folder: Path):
    response = hand_in(client, b"%PDF-" + b"0" * (4 * 1024**2 - 4))
    assert response.status_code == 413
    assert "文件超过 4 MB" in text_of(response)


def test_a_body_that_announces_too_much_is_not_read(client: Client, media_folder: Path):
    class Untouchable(io.RawIOBase):
        def read(self, *args):
            raise AssertionError("read")

    response = client.generic("POST", ADDRESS, **{"CONTENT_LENGTH": str(5 * 1024**2), "wsgi.input": Untouchable()})
    assert response.status_code == 413


def test_nothing_of_the_file_is_kept(client: Client, certificate: Certificate, tmp_path: Path, settings, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    before = sorted(Path(storages["private"].location).rglob("*"))
    hand_in(client, stored(certificate) + b"x" * 3_000_000)
    assert sorted(Path(storages["private"].location).rglob("*")) == before
    assert list(tmp_path.iterdir()) == []


def test_an_empty_form_is_explained(client: Client):
    response = client.post(ADDRESS)
    assert response.status_code == 422
    assert "请选择 PDF 文件" in text_of(response)


def test_a_form_from_elsewhere_is_refused(media_folder: Path):
    client = Client(enforce_csrf_checks=True)
    assert client.post(ADDRESS, {"file": SimpleUploadedFile("a.pdf", b"%PDF-")}).status_code == 403


def bomb() -> bytes:
    """Forty megabytes of strokes, packed to some kilobytes, drawn five hundred times."""
    packed = zlib.compress(b"q 1 0 0 1 0 0 cm 0 0 m 9 9 l S Q\n" * 1_200_000, 9)
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    body += b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    body += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 800 600]/Contents[" + b"4 0 R " * 500 + b"]>>endobj\n"
    body += b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream endobj\n"
    return body + b"trailer<</Root 1 0 R>>"


def endless() -> bytes:
    """Form objects that call each other ten times, ten deep."""
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    body += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 14400 14400]/Contents 4 0 R"
    body += b"/Resources<</XObject<</F 10 0 R>>>>>>endobj\n"
    body += b"4 0 obj<</Length 5>>stream\n/F Do\nendstream endobj\n"
    for depth in range(10, 22):
        body += b"%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]" % depth
        body += b"/Resources<</XObject<</F %d 0 R>>>>/Length 60>>stream\n" % (depth + 1)
        body += b"/F Do " * 10 + b"\nendstream endobj\n"
    return body + b"trailer<</Root 1 0 R>>"


@pytest.mark.parametrize("make", [bomb, endless])
def test_a_file_made_to_take_time_and_memory_is_given_up(client: Client, media_folder: Path, make):
    response = hand_in(client, make())
    assert response.status_code == 200
    assert "不能确认这个文件" in text_of(response)
