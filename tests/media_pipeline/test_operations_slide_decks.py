"""Decks of slides through the real pdfium: what becomes readable, what fails and why, and what a deck cannot do."""

import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject, NumberObject

from media_pipeline.enums import FailureReason, MediaKind, VideoState
from media_pipeline.gateways import slide_pages
from media_pipeline.gateways.storage import list_prefix, local_path, open_file
from media_pipeline.gateways.workplace import left_work_folders
from media_pipeline.models import Video
from media_pipeline.operations import PageSecondsRefusedError, process_video, set_page_seconds
from media_pipeline.queries import VideoNotReadyError, deck_parts
from media_pipeline.rules.places import video_prefix
from tests.factories.courses import make_edition, make_lesson_draft
from tests.factories.media_pipeline import NOW, make_video, process_file, upload_file
from tests.factories.slide_decks import (
    make_blank_pdf,
    make_docx,
    make_drawn_pdf,
    make_locked_pdf,
    make_nested_pdf,
    make_pdf,
    make_pptx,
    make_rotated_pdf,
)

pytestmark = [pytest.mark.tools, pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]


def texts_of(video: Video) -> list[str]:
    with open_file(f"{video.hls_prefix}/pages/pages.json") as stored:
        return [page["text"] for page in json.load(stored)["pages"]]


def picture_of(video: Video, page: int, width: int) -> Image.Image:
    with open_file(f"{video.hls_prefix}/pages/{page:04d}-{width}.webp") as stored:
        picture = Image.open(stored)
        picture.load()
        return picture


def assert_failed(video: Video, reason: FailureReason) -> None:
    assert (video.state, video.failure_reason) == (VideoState.FAILED, reason)
    assert (video.claim_token, video.percent) == (None, 0)
    assert list(list_prefix(video_prefix(video.uuid))) == []
    assert left_work_folders() == []


def test_pdf_becomes_pages_to_turn(tmp_path):
    video = process_file(make_pdf(tmp_path / "课件.pdf", pages=3))
    assert (video.state, video.kind, video.failure_reason) == (VideoState.READY, MediaKind.SLIDES, "")
    assert (video.page_count, video.page_seconds, video.duration_ms) == (3, 30, 90_000)
    assert (video.width, video.height) == (1600, 901)
    assert texts_of(video) == [f"测试课件 第 {page} 页" for page in (1, 2, 3)]
    assert [picture_of(video, 2, width).size for width in (1600, 800, 240)] == [(1600, 901), (800, 450), (240, 135)]
    names = {name.removeprefix(f"{video.hls_prefix}/") for name in list_prefix(video_prefix(video.uuid))}
    pictures = {f"pages/{page:04d}-{width}.webp" for page in (1, 2, 3) for width in (1600, 800, 240)}
    assert names == pictures | {"pages/pages.json", "poster.jpg"}
    assert left_work_folders() == []


def test_pdf_is_known_whatever_it_is_called_and_films_are_left_alone(tmp_path):
    pdf = make_pdf(tmp_path / "a.pdf", pages=1)
    renamed = pdf.rename(tmp_path / "lecture.mp4")
    assert process_file(renamed).kind == MediaKind.SLIDES
    word = process_file(make_docx(tmp_path / "film.mp4"))
    assert_failed(word, FailureReason.NOT_MEDIA)
    assert (
        word.get_failure_reason_display()
        == "无法识别这个文件：请上传视频，PDF、PPTX 格式的演示文稿，或 SCORM 课件的 zip 包"
    )
    archive = tmp_path / "archive.mp4"
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("readme.txt", "text")
    assert_failed(process_file(archive), FailureReason.NO_MANIFEST)


def test_turned_page_stands_upright(tmp_path):
    video = process_file(make_rotated_pdf(tmp_path / "turned.pdf"))
    assert video.state == VideoState.READY
    assert video.width < video.height
    assert picture_of(video, 1, 800).size == (676, 1200)


@pytest.mark.parametrize(
    ("points", "pixels"), [((14_400, 14_400), (1600, 1600)), ((14_400, 3), (1600, 1)), ((3, 14_400), (1, 2400))]
)
def test_huge_page_becomes_a_picture_of_usual_size(tmp_path, points, pixels):
    video = process_file(make_blank_pdf(tmp_path / "huge.pdf", width=points[0], height=points[1]))
    assert (video.state, video.width, video.height) == (VideoState.READY, *pixels)


def test_page_size_beyond_all_measure_is_no_danger(tmp_path):
    video = process_file(make_blank_pdf(tmp_path / "bomb.pdf", width=1e9, height=1e9))
    assert video.state == VideoState.READY
    assert video.width * video.height <= 1600 * 2400


def test_locked_pdf_is_refused(tmp_path):
    assert_failed(process_file(make_locked_pdf(tmp_path / "locked.pdf")), FailureReason.ENCRYPTED)


def test_pdf_without_pages_is_refused(tmp_path):
    assert_failed(process_file(make_blank_pdf(tmp_path / "empty.pdf", pages=0)), FailureReason.NO_PAGES)


def test_pdf_of_too_many_pages_is_refused(tmp_path):
    assert_failed(process_file(make_blank_pdf(tmp_path / "many.pdf", pages=501)), FailureReason.TOO_MANY_PAGES)


def test_broken_pdf_is_refused_and_a_wrong_table_is_mended(tmp_path):
    whole = make_pdf(tmp_path / "whole.pdf", pages=1).read_bytes()
    nonsense = tmp_path / "nonsense.pdf"
    nonsense.write_bytes(b"%PDF-1.7\n" + b"\x00nonsense" * 1000)
    assert_failed(process_file(nonsense), FailureReason.BROKEN)
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(whole[: len(whole) // 3])
    assert_failed(process_file(cut), FailureReason.BROKEN)
    mended = tmp_path / "mended.pdf"
    mended.write_bytes(whole.replace(b"startxref", b"startxrex"))
    assert process_file(mended).state == VideoState.READY


def test_forms_within_forms_are_stopped_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr(slide_pages, "PAGE_SECONDS", 2)
    bomb = make_nested_pdf(tmp_path / "bomb.pdf", depth=10, fold=10)
    assert_failed(process_file(bomb), FailureReason.PAGE_TOO_HEAVY)


def test_picture_of_a_hundred_gigapixels_takes_no_memory(tmp_path):
    side = 320_000
    image = DecodedStreamObject()
    image.set_data(b"\xff" * 1024)
    image.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(side),
            NameObject("/Height"): NumberObject(side),
            NameObject("/ColorSpace"): NameObject("/DeviceGray"),
            NameObject("/BitsPerComponent"): NumberObject(8),
        }
    )
    resources = DictionaryObject({NameObject("/XObject"): DictionaryObject({NameObject("/I"): image})})
    path = make_drawn_pdf(tmp_path / "picture.pdf", b"q 720 0 0 405 0 0 cm /I Do Q", resources)
    video = process_file(path)
    assert (video.state, video.page_count) == (VideoState.READY, 1)  # the picture is left out
    assert left_work_folders() == []


def test_what_a_pdf_would_run_or_fetch_is_not_looked_at(tmp_path):
    path = make_pdf(tmp_path / "a.pdf", pages=1)
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.add_open_action(JavaScript("this.submitForm('http://127.0.0.1:9/');"))
    writer.add_attachment("secret.txt", b"attached")
    armed = tmp_path / "armed.pdf"
    with armed.open("wb") as file:
        writer.write(file)
    video = process_file(armed)
    assert video.state == VideoState.READY
    stored = [local_path(name) for name in list_prefix(video_prefix(video.uuid))]
    assert all(b"attached" not in Path(place).read_bytes() for place in stored if place)
    assert texts_of(video) == ["测试课件 第 1 页"]


def test_presentation_without_a_converter_says_what_to_do(tmp_path, settings):
    settings.XUESHI_SOFFICE = "/nowhere/soffice"
    video = process_file(make_pptx(tmp_path / "a.pptx"))
    assert_failed(video, FailureReason.NO_CONVERTER)
    assert video.kind == MediaKind.SLIDES
    assert "另存为 PDF" in video.get_failure_reason_display()


def test_presentation_cut_off_is_broken_and_one_with_a_password_locked(tmp_path):
    whole = make_pptx(tmp_path / "whole.pptx").read_bytes()
    cut = tmp_path / "cut.pptx"
    cut.write_bytes(whole[:-200])
    assert_failed(process_file(cut), FailureReason.BROKEN)
    locked = tmp_path / "locked.pptx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le"))
    assert_failed(process_file(locked), FailureReason.ENCRYPTED)


def test_presentation_that_unpacks_to_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(slide_pages, "MAX_UNPACKED_BYTES", 1_000)
    assert_failed(process_file(make_pptx(tmp_path / "bomb.pptx")), FailureReason.DECK_TOO_LARGE)


def test_seconds_of_a_page_can_be_set_until_a_published_lesson_relies_on_them(tmp_path):
    video = process_file(make_pdf(tmp_path / "a.pdf", pages=3))
    set_page_seconds(video=video, page_seconds=20, user=None)
    video.refresh_from_db()
    assert (video.page_seconds, video.duration_ms) == (20, 60_000)
    make_edition(lessons=[make_lesson_draft(kind="slides", video=video, body_html="", required_seconds=60)])
    with pytest.raises(PageSecondsRefusedError, match="已发布的课时在用这份幻灯片"):
        set_page_seconds(video=video, page_seconds=5, user=None)
    assert set_page_seconds(video=video, page_seconds=20, user=None).duration_ms == 60_000


@pytest.mark.parametrize("seconds", [0, 4, 601])
def test_seconds_of_a_page_stay_within_bounds(tmp_path, seconds):
    video = make_video(kind=MediaKind.SLIDES, page_count=2, duration_ms=60_000)
    with pytest.raises(PageSecondsRefusedError, match="应在 5 到 600 之间"):
        set_page_seconds(video=video, page_seconds=seconds, user=None)


def test_films_have_no_pages_to_set_seconds_of():
    with pytest.raises(PageSecondsRefusedError, match="只有幻灯片"):
        set_page_seconds(video=make_video(), page_seconds=20, user=None)


def test_seconds_set_before_the_pages_are_drawn_are_kept(tmp_path):
    video = upload_file(make_pdf(tmp_path / "a.pdf", pages=2))
    Video.objects.filter(pk=video.pk).update(kind=MediaKind.SLIDES, page_seconds=45)
    done = process_video(video_id=video.pk, clock=lambda: NOW)
    assert (done.page_seconds, done.duration_ms) == (45, 90_000)


def test_parts_of_a_deck_are_named_below_its_folder(tmp_path):
    video = process_file(make_pdf(tmp_path / "a.pdf", pages=2))
    parts = deck_parts(video)
    folder = video.hls_prefix.removeprefix(f"{video_prefix(video.uuid)}/")
    assert (parts.pages_path, parts.texts_path) == (f"{folder}/pages/", f"{folder}/pages/pages.json")
    assert (parts.page_count, parts.page_seconds, parts.widths) == (2, 30, (1600, 800, 240))
    with pytest.raises(VideoNotReadyError):
        deck_parts(make_video())


def test_page_without_a_size_takes_the_usual_one(tmp_path):
    path = make_drawn_pdf(tmp_path / "flat.pdf", b"0 0 m 1 1 l S")
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.pages[0][NameObject("/MediaBox")] = ArrayObject([FloatObject(0)] * 4)
    flat = tmp_path / "sizeless.pdf"
    with flat.open("wb") as file:
        writer.write(file)
    video = process_file(flat)
    assert (video.state, video.width, video.height) == (VideoState.READY, 1600, 2071)  # pdfium takes US Letter
