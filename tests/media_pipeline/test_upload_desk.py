"""The uploader's questions over HTTP: who may ask, and what is answered to nonsense."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.core.cache import cache
from django.test import Client

from media_pipeline.enums import VideoState
from media_pipeline.models import UploadSession, Video
from tests.factories.media_pipeline import make_video
from tests.factories.uploads import FINGERPRINT, begin, make_editor, post, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

BEGIN = "/admin/media-uploads/begin/"
CONTENT = b"0123456789"
FACTS = {"name": "课.mp4", "size": len(CONTENT), "fingerprint": FINGERPRINT}


@pytest.fixture(autouse=True)
def forget_counts():
    cache.clear()


def signed_in(*names: str, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf, headers={"x-requested-with": "XMLHttpRequest"})
    client.user = make_editor(*names)
    client.force_login(client.user)
    return client


@pytest.fixture
def client() -> Client:
    return signed_in("add_video")


def begun(client: Client) -> str:
    return f"/admin/media-uploads/{post(client, BEGIN, FACTS).json()['id']}"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sign(client: Client, upload: str, content: bytes = CONTENT, number: int = 1):
    return post(client, f"{upload}/sign/", {"parts": [{"number": number, "sha256": sha256(content)}]})


def test_file_goes_in_over_http(client):
    answer = post(client, BEGIN, FACTS)
    facts = answer.json()
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    video = Video.objects.get()
    assert facts == {
        "id": str(video.uuid),
        "part_bytes": 8 * 1024**2,
        "part_count": 1,
        "parallel": 4,
        "received": [],
    }
    upload = f"/admin/media-uploads/{video.uuid}"
    [part] = sign(client, upload).json()["parts"]
    assert (part["number"], part["headers"], part["received"]) == (1, {}, False)
    assert put(Client(enforce_csrf_checks=True), part["url"], CONTENT).status_code == 200  # no cookie, no CSRF token
    assert client.get(f"{upload}/parts/").json() == {"parts": [{"number": 1, "size": 10, "sha256": sha256(CONTENT)}]}
    for _ in range(2):  # the answer may be lost
        said = post(client, f"{upload}/complete/", {}).json()["video"]
        assert said == {
            "uuid": str(video.uuid),
            "id": video.pk,
            "title": "课",
            "state": "inspecting",
            "label": "检查中",
            "url": f"/admin/video/inspect/{video.pk}/",
        }


def test_begun_again_it_names_what_is_there(client):
    upload = begun(client)
    put(client, sign(client, upload).json()["parts"][0]["url"], CONTENT)
    facts = post(client, BEGIN, FACTS).json()
    assert (facts["id"], facts["received"]) == (
        upload.rpartition("/")[2],
        [{"number": 1, "sha256": sha256(CONTENT)}],
    )
    [left] = client.get("/admin/media-uploads/").json()["uploads"]
    assert left == {"id": facts["id"], "name": "课.mp4", "fingerprint": FINGERPRINT, "size": 10, "received_bytes": 10}


def test_only_those_who_may_add_videos_come_in():
    other = signed_in("change_video")
    session = begin(other.user, CONTENT)
    upload = f"/admin/media-uploads/{session.video.uuid}"
    assert [other.get("/admin/media-uploads/").status_code, other.get(f"{upload}/parts/").status_code] == [403, 403]
    for url in (BEGIN, f"{upload}/sign/", f"{upload}/complete/", f"{upload}/abort/"):
        assert post(other, url, FACTS).status_code == 403
        assert post(Client(headers={"x-requested-with": "XMLHttpRequest"}), url, FACTS).status_code in (302, 403)
    assert UploadSession.objects.count() == 1


def test_uploads_of_others_are_not_there(client):
    upload = begun(client)
    other = signed_in("add_video")
    assert other.get("/admin/media-uploads/").json() == {"uploads": []}
    assert other.get(f"{upload}/parts/").status_code == 404
    assert sign(other, upload).status_code == 404
    assert [post(other, f"{upload}/{verb}/", {}).status_code for verb in ("complete", "abort")] == [404, 404]
    assert Video.objects.get().state == VideoState.UPLOADING


def test_changes_ask_for_the_csrf_token():
    client = signed_in("add_video", csrf=True)
    assert post(client, BEGIN, FACTS).status_code == 403
    client.get("/admin/video/new/")
    token = client.cookies["csrftoken"].value
    answer = client.post(BEGIN, json.dumps(FACTS), content_type="application/json", headers={"x-csrftoken": token})
    assert answer.status_code == 200


def test_reading_is_not_writing(client):
    upload = begun(client)
    for url in (BEGIN, f"{upload}/sign/", f"{upload}/complete/", f"{upload}/abort/"):
        assert client.get(url).status_code == 405
    assert client.get(sign(client, upload).json()["parts"][0]["url"]).status_code == 405


@pytest.mark.parametrize(
    ("facts", "status", "code"),
    [
        ({**FACTS, "size": 11}, 413, "too_large"),
        ({**FACTS, "size": 0}, 400, "empty"),
        ({**FACTS, "size": -1}, 400, "empty"),
        ({**FACTS, "size": "10"}, 400, "malformed"),
        ({**FACTS, "size": True}, 400, "malformed"),
        ({**FACTS, "size": 2**70}, 400, "malformed"),
        ({**FACTS, "name": None}, 400, "malformed"),
        ([], 400, "malformed"),
        ("x", 400, "malformed"),
    ],
)
def test_beginning_with_nonsense_is_refused(client, settings, facts, status, code):
    settings.XUESHI_UPLOAD_MAX_BYTES = 10
    answer = post(client, BEGIN, facts)
    assert (answer.status_code, answer.json()["error"], Video.objects.count()) == (status, code, 0)


def test_no_json_is_refused(client):
    for body in (b"", b"{", b"\xff\xfe", b"[" * 100_000):
        answer = client.post(BEGIN, body, content_type="application/json")
        assert (answer.status_code, answer.json()["error"]) == (400, "malformed")


@pytest.mark.parametrize(
    "parts",
    [None, {}, [1], [{"number": "1", "sha256": "ab" * 32}], [{"number": True, "sha256": "ab" * 32}], [{"number": 1}]],
)
def test_signing_nonsense_is_refused(client, parts):
    assert post(client, f"{begun(client)}/sign/", {"parts": parts}).status_code == 400


@pytest.mark.parametrize("number", [0, -1, 2, 10_001])
def test_signing_a_part_that_the_file_does_not_have_is_refused(client, number):
    answer = sign(client, begun(client), number=number)
    assert (answer.status_code, answer.json()["error"]) == (400, "part_refused")


@pytest.mark.parametrize("number", [2**70, 2**63, -(2**70), 10_001])
def test_signing_a_part_of_no_possible_number_is_refused(client, number):
    answer = post(client, f"{begun(client)}/sign/", {"parts": [{"number": number, "sha256": "ab" * 32}]})
    assert (answer.status_code, answer.json()["error"]) == (400, "part_refused")


@pytest.mark.parametrize("title", ["安全\ud800课", "安全\0课", " 安全\u202e课\n"])
def test_title_keeps_what_can_be_seen(client, title):
    assert post(client, BEGIN, {**FACTS, "title": title}).status_code == 200
    assert Video.objects.get().title == "安全课"


def test_a_group_is_signed_in_as_many_statements_as_one_part(client, django_assert_num_queries):
    facts = {**FACTS, "size": 200 * 8 * 1024**2}
    upload = f"/admin/media-uploads/{post(client, BEGIN, facts).json()['id']}"
    sign(client, upload)
    for numbers in ([2], [3, 4, 5, 6], range(7, 107)):
        parts = [{"number": number, "sha256": sha256(b"%d" % number)} for number in numbers]
        with django_assert_num_queries(11):
            said = post(client, f"{upload}/sign/", {"parts": parts}).json()["parts"]
        assert [part["number"] for part in said] == list(numbers)
    announced = UploadSession.objects.get().parts.order_by("number").values_list("number", "sha256")
    assert list(announced[1:]) == [(number, sha256(b"%d" % number)) for number in range(2, 107)]


def test_a_million_requests_for_addresses_are_not_answered(client):
    upload = begun(client)
    parts = [{"number": 1, "sha256": "ab" * 32}] * 6000
    assert post(client, f"{upload}/sign/", {"parts": parts}).status_code == 400  # counted all the same
    answer = sign(client, upload)
    assert (answer.status_code, answer.json()["error"]) == (429, "too_often")
    assert sign(signed_in("add_video"), upload).status_code == 404  # others are not held up


def test_part_that_lies_about_its_length_or_content_is_refused(client):
    upload = begun(client)
    url = sign(client, upload).json()["parts"][0]["url"]
    for body in (b"012345678", b"0123456789A", b"", b"9876543210"):
        assert put(client, url, body).status_code == 400
    answer = post(client, f"{upload}/complete/", {})
    assert (answer.status_code, answer.json()["error"], answer.json()["missing"]) == (409, "parts_missing", [1])
    assert put(client, url, CONTENT).status_code == 200


def test_forged_address_is_refused(client):
    url = sign(client, begun(client)).json()["parts"][0]["url"]
    assert [put(client, each, CONTENT).status_code for each in (url[:-2], f"{url}x")] == [403, 403]
    assert put(client, "/media-files/parts/..%2f..%2fetc", CONTENT).status_code in (403, 404, 405)


def test_address_is_gone_once_the_upload_is_over(client):
    upload = begun(client)
    url = sign(client, upload).json()["parts"][0]["url"]
    put(client, url, CONTENT)
    post(client, f"{upload}/complete/", {})
    assert (put(client, url, CONTENT).status_code, sign(client, upload).status_code) == (410, 404)
    given_up = begun(client)
    url = sign(client, given_up).json()["parts"][0]["url"]
    assert post(client, f"{given_up}/abort/", {}).status_code == 200
    assert (put(client, url, CONTENT).status_code, post(client, f"{given_up}/complete/", {}).status_code) == (410, 404)


def test_replacing_asks_for_the_right_to_change():
    old = make_video()
    facts = {**FACTS, "replaces": str(old.uuid)}
    assert post(signed_in("add_video"), BEGIN, facts).status_code == 403
    both = signed_in("add_video", "change_video")
    assert post(both, BEGIN, {**FACTS, "replaces": "nothing"}).status_code == 404
    assert post(both, BEGIN, {**FACTS, "replaces": FINGERPRINT[:32]}).status_code == 404
    new = Video.objects.get(uuid=post(both, BEGIN, facts).json()["id"])
    assert new.replaces == old


def test_upload_page_carries_the_uploader_and_the_plain_form(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        page = client.get("/admin/video/new/").content.decode()
    config = json.loads(page.split('<script type="application/json">')[1].split("</script>")[0])
    assert config["max_bytes"] == 2 * 1024**3
    assert config["urls"]["begin"] == BEGIN
    assert '<details class="uploader-plain" open data-plain-form>' in page
    assert 'enctype="multipart/form-data"' in page
