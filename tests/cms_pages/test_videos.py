"""What course pages tell the media library, and a new file for the drafts that show the old one."""

import uuid

import pytest
from wagtail.models import Page

from accounts.models import AuditEntry
from cms_pages.models import CoursePage
from cms_pages.operations import VideoNotReadyError, replace_video_in_drafts
from cms_pages.queries import draft_usages, page_usages, videos_of_pages
from courses.enums import LessonKind
from courses.models import CourseEdition
from media_pipeline.enums import FailureReason, UsagePlace, VideoState
from media_pipeline.operations import VideoInUseError, abort_upload, delete_video, name_replacement
from media_pipeline.queries import lessons_using, usages_of, used_video_ids
from tests.factories.cms_pages import latest, make_course_page, make_editor, make_page_lesson, make_reviewer, make_site
from tests.factories.courses import NOW, make_ready_video
from tests.factories.editors import editor
from tests.factories.media_pipeline import make_video
from tests.factories.uploads import begin
from tests.factories.uploads import make_editor as make_sender

pytestmark = pytest.mark.django_db


def make_page(video, *, publish: bool = True, **overrides) -> CoursePage:
    lesson = make_page_lesson(title="第一课", kind=LessonKind.VIDEO, video=video, body=[], **overrides)
    return make_course_page(publish=publish, lessons=[lesson])


def places(video) -> list[tuple[str, int | None]]:
    return [(usage.place.value, usage.edition) for usage in usages_of([video.pk]).get(video.pk, [])]


def swap_draft(page: CoursePage, video) -> None:
    draft = latest(page)
    lesson = draft.lessons.all()[0]
    lesson.video = video
    draft.lessons = [lesson]
    draft.save_revision()


def test_a_published_lesson_is_one_lesson_on_its_page_and_in_its_edition():
    make_site()
    video = make_ready_video()
    make_page(video)
    assert places(video) == [("live", None), ("edition", 1)]
    assert lessons_using(usages_of([video.pk])[video.pk]) == 1


def test_a_draft_counts_and_keeps_its_video_from_being_deleted():
    make_site()
    old, new = make_ready_video(), make_ready_video()
    page = make_page(old)
    swap_draft(page, new)
    assert places(new) == [("draft", None)]
    assert lessons_using([*usages_of([old.pk])[old.pk], *usages_of([new.pk])[new.pk]]) == 1
    assert (used_video_ids(), videos_of_pages()) == ({old.pk, new.pk}, {old.pk, new.pk})
    with pytest.raises(VideoInUseError, match=f"{page.title}·第一课"):
        delete_video(video=new, user=None)


@pytest.mark.usefixtures("media_folder")
def test_a_draft_that_names_a_given_up_upload_can_still_be_opened():
    make_site()
    sender = make_sender("add_video")
    upload = begin(sender, b"bytes")
    page = make_page(make_ready_video())
    swap_draft(page, upload.video)
    abort_upload(video=upload.video, user=sender, now=NOW)
    shown = latest(page).lessons.all()[0].video
    assert (shown, shown.state, shown.failure_reason) == (upload.video, VideoState.FAILED, FailureReason.ABANDONED)


def test_usages_take_the_same_statements_for_one_page_and_for_three(django_assert_max_num_queries):
    make_site()
    video = make_ready_video()
    swap_draft(make_page(make_ready_video()), video)
    with django_assert_max_num_queries(4) as few:
        page_usages([video.pk])
    for _ in range(2):
        swap_draft(make_page(make_ready_video()), video)
    with django_assert_max_num_queries(4) as many:
        assert len(page_usages([video.pk])) == 3
    assert len(few) == len(many)


def test_a_page_whose_draft_has_another_video_already_is_not_offered():
    make_site()
    old, new = make_ready_video(), make_ready_video()
    page = make_page(old)
    assert [usage.page_id for usage in draft_usages(old.pk)] == [page.pk]
    swap_draft(page, new)
    assert draft_usages(old.pk) == []
    assert [usage.place for usage in draft_usages(new.pk)] == [UsagePlace.DRAFT]


def test_a_new_file_goes_into_every_draft_and_into_no_edition():
    make_site()
    old, new, user = make_ready_video(), make_ready_video(), make_reviewer()
    pages = [make_page(old), make_page(old, publish=False)]
    changes = replace_video_in_drafts(old=old, new=new, user=user, now=NOW)
    assert [(change.page_id, change.lessons, change.refusal) for change in changes] == [
        (page.pk, ("第一课",), "") for page in pages
    ]
    assert [latest(page).lessons.all()[0].video for page in pages] == [new, new]
    published = CoursePage.objects.get(pk=pages[0].pk)
    assert (published.lessons.get().video, published.has_unpublished_changes) == (old, True)
    assert [lesson.video for lesson in CourseEdition.objects.get().lessons.all()] == [old]
    assert AuditEntry.objects.filter(action="course.video_replaced", actor=user).count() == 2
    assert replace_video_in_drafts(old=old, new=new, user=user, now=NOW) == []


def test_a_shorter_file_is_told_by_the_pages_own_rules():
    make_site()
    old, new = make_ready_video(), make_ready_video(duration_ms=30_000)
    make_page(old)
    (change,) = replace_video_in_drafts(old=old, new=new, user=make_reviewer(), now=NOW)
    assert change.shortcomings == ("课时“第一课”：所需学习秒数比视频还长，学员无法学完，请改小",)


def test_a_page_under_review_or_of_others_stays_as_it_is():
    make_site()
    old, new, user = make_ready_video(), make_ready_video(), make_editor()
    page = make_page(old, publish=False)
    page.get_workflow().start(Page.objects.get(pk=page.pk).specific, user)
    (change,) = replace_video_in_drafts(old=old, new=new, user=user, now=NOW)
    assert (change.refusal, latest(page).lessons.all()[0].video) == ("页面正在审核，请等审核结束", old)


@pytest.mark.parametrize("state", [VideoState.FAILED, VideoState.TRANSCODING])
def test_a_file_that_cannot_be_played_replaces_nothing(state):
    make_site()
    old = make_ready_video()
    reason = FailureReason.BROKEN if state == VideoState.FAILED else ""
    new = make_ready_video(state=state, failure_reason=reason)
    page = make_page(old)
    with pytest.raises(VideoNotReadyError):
        replace_video_in_drafts(old=old, new=new, user=make_reviewer(), now=NOW)
    assert latest(page).lessons.all()[0].video == old


def test_the_new_files_page_lists_the_drafts_and_one_press_changes_them(client):
    make_site()
    old, new = make_video(title="旧的"), make_video(title="新的", duration_ms=50_000)
    page = make_page(old, publish=False)
    name_replacement(video=new, replaces=old, user=None)
    client.force_login(make_editor())
    shown = client.get(f"/admin/video/inspect/{new.pk}/").content.decode()
    assert (page.title in shown, "新视频比原视频短 10 秒" in shown, "放入这些草稿" in shown) == (True, True, True)
    address = f"/admin/course-videos/{new.uuid}/replace/"
    assert client.get(address).status_code == 405
    told = client.post(address, follow=True).content.decode()
    assert f"“{page.title}”的草稿已改用新视频（第一课）" in told
    assert "所需学习秒数比视频还长" in told
    assert "没有草稿还在使用原视频" in told


def test_who_may_not_change_videos_replaces_none():
    make_site()
    old, new = make_ready_video(), make_ready_video()
    page = make_page(old, publish=False)
    name_replacement(video=new, replaces=old, user=None)
    client = editor("view_video")
    client.post(f"/admin/course-videos/{new.uuid}/replace/")
    assert latest(page).lessons.all()[0].video == old


def test_a_video_that_replaces_nothing_has_no_such_address(client):
    make_site()
    client.force_login(make_editor())
    assert client.post(f"/admin/course-videos/{make_ready_video().uuid}/replace/").status_code == 404
    assert client.post(f"/admin/course-videos/{uuid.uuid4()}/replace/").status_code == 404
