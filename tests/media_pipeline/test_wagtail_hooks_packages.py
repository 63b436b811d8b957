"""A package's page in the library: the author's report, contents, length, hosts, versions."""

from __future__ import annotations

import pytest
from django.urls import reverse

from media_pipeline.enums import DeclaredBy, MediaKind, VideoState
from media_pipeline.models import ScormContent, Video
from media_pipeline.queries import package_family, package_versions
from tests.factories.accounts import make_user
from tests.factories.courses import make_edition, make_lesson_draft
from tests.factories.editors import editor
from tests.factories.media_pipeline import make_video
from tests.factories.scorm_study import make_package

pytestmark = pytest.mark.django_db

FINDINGS = [
    {"code": "external_host", "level": "warning", "where": "a.html", "detail": "cdn.example.com"},
    {"code": "file_missing", "level": "error", "where": "I2", "detail": "gone.html"},
    {"code": "never_reports", "level": "warning", "where": "", "detail": ""},
    {"code": "more", "level": "warning", "where": "external_host", "detail": "5"},
]


@pytest.fixture
def editor_client(client):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    return client


def package_with(**content):
    video = make_package(title="测试课件一")
    ScormContent.objects.filter(video=video).update(**content)
    return video


def page_of(client, video):
    return client.get(reverse("video:inspect", args=[video.pk])).content.decode()


def test_page_of_a_package_shows_its_report_its_contents_and_how_to_try_it(
    editor_client, django_assert_max_num_queries
):
    video = package_with(findings=FINDINGS)
    with django_assert_max_num_queries(15):
        html = page_of(editor_client, video)
    assert html.index("不能正常学习") < html.index("清单列出的文件不在课件包中") < html.index("可能有问题")
    assert "课件从不报告学习情况" in html
    assert "<code>a.html</code> · cdn.example.com" in html
    assert "另有 5 处" in html
    assert "第一单元" in html
    assert reverse("tracking:scorm_drive", args=[video.uuid]) in html
    assert "SCORM 1.2" in html
    assert "换新版" in html
    assert "字幕" not in html
    assert "versions-heading" not in html


def test_length_is_set_until_a_published_lesson_shows_the_package(editor_client):
    video = make_package()
    address = reverse("video:declared_seconds", args=[video.uuid])
    assert "学习时长已保存" in editor_client.post(address, {"declared_seconds": "900"}, follow=True).content.decode()
    content = ScormContent.objects.select_related("video").get()
    assert (content.declared_seconds, content.declared_by) == (900, DeclaredBy.EDITOR)
    assert content.video.duration_ms == 900_000
    for wrong in ("9", "604801", "", "x"):
        html = editor_client.post(address, {"declared_seconds": wrong}, follow=True).content.decode()
        assert "应在 10 到 604800 秒之间" in html
    video.refresh_from_db()
    make_edition(lessons=[make_lesson_draft(kind="scorm", video=video, body_html="")])
    html = editor_client.post(address, {"declared_seconds": "60"}, follow=True).content.decode()
    assert "学习时长不能再改" in html
    assert 'name="declared_seconds"' not in html
    assert ScormContent.objects.get().declared_seconds == 900


def test_hosts_are_allowed_by_name_and_the_report_says_so(editor_client):
    video = package_with(findings=FINDINGS)
    address = reverse("video:allowed_hosts", args=[video.uuid])
    typed = "https://CDN.example.com/lib/x.js\n*.例子.cn\n\ncdn.example.com"
    html = editor_client.post(address, {"allowed_hosts": typed}, follow=True).content.decode()
    assert ScormContent.objects.get().allowed_hosts == ["cdn.example.com", "*.xn--fsqu00a.cn"]
    assert "（已允许）" in html
    assert editor_client.post(address, {"allowed_hosts": ""}, follow=True).status_code == 200
    assert ScormContent.objects.get().allowed_hosts == []


@pytest.mark.parametrize("host", ["localhost", "*", "a b", "x';", "'unsafe-eval'", "testserver.", "*.com;script-src"])
def test_what_is_no_host_is_refused_by_name(editor_client, host):
    video = make_package()
    address = reverse("video:allowed_hosts", args=[video.uuid])
    html = editor_client.post(address, {"allowed_hosts": host}, follow=True).content.decode()
    assert "不能作为允许的主机" in html
    assert ScormContent.objects.get().allowed_hosts == []


def test_sites_own_host_is_refused(editor_client, settings):
    settings.XUESHI_SITE_URL = "https://learn.example.cn"
    video = make_package()
    for host in ("learn.example.cn", "*.example.cn"):
        address = reverse("video:allowed_hosts", args=[video.uuid])
        html = editor_client.post(address, {"allowed_hosts": host}, follow=True).content.decode()
        assert "不能作为允许的主机" in html


def test_versions_lead_to_each_other(editor_client, django_assert_max_num_queries):
    first = make_package(title="第一版")
    second = make_package(title="第二版", replaces=first)
    third = make_package(title="第三版", replaces=second)
    with django_assert_max_num_queries(15):
        html = page_of(editor_client, second)
    rows = html[html.index("versions-heading") :]
    assert rows.index("第三版") < rows.index("第二版") < rows.index("第一版")
    assert reverse("video:inspect", args=[third.pk]) in rows
    assert "（当前查看）" in rows


def test_settings_need_the_right_to_change_and_a_package():
    video, film = make_package(), make_video()
    reader = editor("view_video")
    for name, data in (("declared_seconds", {"declared_seconds": "60"}), ("allowed_hosts", {"allowed_hosts": "a.b"})):
        assert reader.post(reverse(f"video:{name}", args=[video.uuid]), data).status_code == 302
    assert ScormContent.objects.get().declared_seconds == 600
    assert 'name="allowed_hosts"' not in page_of(reader, video)
    changer = editor("change_video")
    assert changer.post(reverse("video:allowed_hosts", args=[film.uuid]), {"allowed_hosts": ""}).status_code == 404


def test_package_that_failed_shows_its_reason_and_no_report(editor_client):
    video = make_video(
        kind=MediaKind.SCORM, state=VideoState.FAILED, failure_reason="not_scorm", failure_detail="cmi5", title="坏课件"
    )
    html = page_of(editor_client, video)
    assert "这份清单不是 SCORM" in html
    assert "cmi5" in html
    assert "report-heading" not in html


def test_library_and_chooser_tell_kinds_apart(editor_client):
    make_package(title="测试课件一")
    make_video(title="测试视频一")
    html = editor_client.get(reverse("video:index"), {"kind": "scorm"}).content.decode()
    assert "测试课件一" in html
    assert "测试视频一" not in html
    assert "SCORM 课件" in html
    chosen = editor_client.get(reverse("video_chooser:choose"), {"kind": "scorm"}).content.decode()
    results = editor_client.get(reverse("video_chooser:choose_results"), {"kind": "scorm"}).content.decode()
    assert 'name=\\"kind\\"' in chosen
    assert "测试课件一" in results
    assert "测试视频一" not in results


def test_upload_page_takes_zips_and_says_so(editor_client):
    html = editor_client.get(reverse("video:add")).content.decode()
    assert "SCORM 课件（zip 包）" in html
    assert ".zip" in html
    assert Video.objects.count() == 0


def test_family_of_a_package_spans_all_replacements(django_assert_num_queries):
    first = make_package()
    second, other = make_package(replaces=first), make_package(replaces=first)
    third = make_package(replaces=second)
    stranger = make_package()
    for each in (first, second, third, other):
        with django_assert_num_queries(1):
            assert package_family(each) == {first.pk, second.pk, third.pk, other.pk}
    assert package_family(stranger) == {stranger.pk}
    assert package_versions(stranger) == []
