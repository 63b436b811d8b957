"""What packages reported, in the CMS: who may read it, whose names, and what it costs."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.enums import OfficerRole
from accounts.models import AuditEntry, User
from lms.lib.masking import mask_name
from tests.factories.accounts import appoint_officer, make_id_number, make_learner
from tests.factories.editors import editor
from tests.factories.scorm_study import (
    attempt_of,
    make_activity,
    make_commit,
    make_package,
    make_package_enrolment,
    make_session,
    report,
)
from tests.factories.tracking import NOW, make_ce_year, make_lease
from tracking.models import ScormAttempt, ScormInteraction, ScormObjective
from tracking.queries.scorm_reports import package_report

pytestmark = pytest.mark.django_db
Limit = DjangoAssertNumQueries


@pytest.fixture
def author() -> Client:
    return editor("change_video")


def studied(**overrides: Any) -> ScormAttempt:
    """An attempt with an item, an answer, an objective, a session and two commits."""
    lease = make_lease(enrolment=make_package_enrolment(**overrides))
    attempt = report(
        attempt_of(lease), at=NOW, completion="completed", success="passed", score_raw=80.0, score_max=100.0,
        score_scaled=0.8, claimed_ms=65_000,
    )  # fmt: skip
    activity = make_activity(attempt, completion="completed", success="passed", score_raw=80.0, score_scaled=0.8)
    ScormInteraction.objects.create(
        activity=activity, position=0, key="Q1", kind="choice", correct_responses=["a"],
        learner_response="=cmd|' /C'!A0",
        result="correct", latency_ms=4_000, description="测试题目",
    )  # fmt: skip
    ScormObjective.objects.create(activity=activity, position=0, key="OBJ-1", completion="completed", success="passed")
    make_session(lease, claimed_ms=65_000)
    make_commit(attempt, sequence=0)
    make_commit(attempt, sequence=1, refused=[{"element": "cmi.core.score.raw", "code": 405}])
    return attempt


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def pages_of(attempt: ScormAttempt) -> list[str]:
    return [
        reverse("scorm_attempts"),
        reverse("scorm_attempt", args=[attempt.uuid]),
        reverse("scorm_history", args=[attempt.uuid]),
        reverse("scorm_report", args=[attempt.video.uuid]),
    ]


def test_author_reads_everything_but_the_name(author: Client) -> None:
    attempt = studied()
    name = attempt.enrolment.learner.full_name
    listed, shown, history, reported = (text_of(author.get(page)) for page in pages_of(attempt))
    assert name not in listed + shown + history + reported
    assert all(mask_name(name) in page for page in (listed, shown, history))
    assert "80 / 100" in listed
    for words in ("cmi.core.lesson_location", "OBJ-1", "测试题目", "01:05", "第一单元", "cmd|"):
        assert words in shown
    assert "未接受 cmi.core.score.raw，错误码 405" in history
    assert "100%" in reported


@pytest.mark.parametrize("rights", [(), ("view_video",), ("add_video",)])
def test_pages_are_closed_to_those_who_may_not_change_what_is_learnt(rights: tuple[str, ...]) -> None:
    attempt = studied()
    browser = editor(*rights)
    files = [reverse(name, args=[attempt.video.uuid]) for name in ("scorm_attempts_file", "scorm_answers_file")]
    answers = [browser.get(page) for page in pages_of(attempt)] + [browser.post(page) for page in files]
    assert {answer.status_code for answer in answers} == {302}
    assert {answer["Location"] for answer in answers} == {reverse("wagtailadmin_home")}


def test_support_reads_the_name() -> None:
    attempt = studied()
    assert attempt.enrolment.learner.full_name in text_of(
        editor("change_video", "view_learner").get(pages_of(attempt)[0])
    )


def test_officer_reads_the_names_of_the_own_authority_alone(author: Client) -> None:
    own = studied(ce_year=make_ce_year(learner=make_learner(full_name="测试甲乙")))
    other = studied(ce_year=make_ce_year(learner=make_learner(full_name="测试丙丁")))
    officer = User.objects.get(pk=author.session["_auth_user_id"])
    appoint_officer(user=officer, authority=own.enrolment.ce_year.authority, role=OfficerRole.SUPERVISOR)
    listed = text_of(author.get(reverse("scorm_attempts")))
    assert "测试甲乙" in listed
    assert "测试丙丁" not in listed
    found = text_of(author.post(reverse("scorm_attempts"), {"words": other.enrolment.learner.full_name}))
    assert "找到 0 次学习" in found


def test_support_finds_a_learner_by_whole_name_or_number() -> None:
    number = make_id_number(sequence=77)
    learner = make_learner(full_name="测试寻找", id_number=number)
    studied(ce_year=make_ce_year(learner=learner))
    studied()
    browser = editor("change_video", "view_learner")
    for words in ("测试寻找", number, f" {number.lower()} "):
        assert "找到 1 次学习" in text_of(browser.post(reverse("scorm_attempts"), {"words": words}))
    assert "找到 0 次学习" in text_of(browser.post(reverse("scorm_attempts"), {"words": "测试"}))
    assert browser.post(reverse("scorm_attempts"), {"words": ""}).status_code == 422


def test_author_cannot_look_for_people(author: Client) -> None:
    attempt = studied()
    assert author.post(reverse("scorm_attempts"), {"words": attempt.enrolment.learner.full_name}).status_code == 403
    assert 'name="words"' not in text_of(author.get(reverse("scorm_attempts")))


def test_list_shows_one_package_in_one_state(author: Client) -> None:
    attempt, other = studied(), studied()
    report(other, at=NOW, completion="incomplete", success="failed")
    address = reverse("scorm_attempts")
    of_one = text_of(author.get(f"{address}?package={attempt.video.uuid}"))
    assert (str(attempt.uuid) in of_one, str(other.uuid) in of_one) == (True, False)
    at_one = text_of(author.get(f"{address}?lesson={other.lesson.uuid}"))
    assert (str(attempt.uuid) in at_one, str(other.uuid) in at_one) == (False, True)
    assert author.get(f"{address}?lesson={make_lease().lesson.uuid}").status_code == 404
    failed = text_of(author.get(f"{address}?state=failed"))
    assert (str(attempt.uuid) in failed, str(other.uuid) in failed) == (False, True)
    assert author.get(f"{address}?package=nonsense&lesson=nonsense&state=nonsense&place=nonsense").status_code == 200


def test_pages_cost_the_same_for_one_and_for_many(
    author: Client, django_assert_max_num_queries: Limit, django_assert_num_queries: Limit
) -> None:
    attempt = studied()
    costs = []
    for page in pages_of(attempt):
        author.get(page)
        with django_assert_max_num_queries(15) as cost:
            author.get(page)
        costs.append(len(cost))
    for number in range(3):
        studied(video=attempt.video)
        activity = make_activity(attempt, key=f"MORE-{number}")
        ScormInteraction.objects.create(activity=activity, position=0, key="Q2", result="wrong")
        make_commit(attempt, sequence=10 + number)
    for page, cost in zip(pages_of(attempt), costs, strict=True):
        with django_assert_num_queries(cost):
            author.get(page)


def test_history_turns_pages_by_where_the_last_one_ended(author: Client) -> None:
    attempt = studied()
    for sequence in range(2, 60):
        make_commit(attempt, sequence=sequence)
    address = reverse("scorm_history", args=[attempt.uuid])
    first = text_of(author.get(address))
    assert first.count("<strong>1.") == 50
    assert "?place=1-10" in first
    rest = text_of(author.get(f"{address}?place=1-10"))
    assert rest.count("<strong>1.") == 10


def test_report_adds_up_items_and_questions() -> None:
    attempt = studied()
    second = studied(video=attempt.video)
    activity = second.activities.get()
    activity.completion, activity.success, activity.score_raw = "completed", "failed", 40.0
    activity.save()
    ScormInteraction.objects.filter(activity=activity).update(result="wrong")
    found = package_report(attempt.video)
    (item,), (question,) = found.items, found.questions
    assert (found.attempts, found.completed, found.passed, found.is_cut) == (2, 2, 2, False)
    assert (item.key, item.title, item.attempts, item.completed) == ("ITEM-1", "第一单元", 2, 2)
    assert (item.passed, item.failed, item.mean_raw, item.mean_scaled) == (1, 1, 60.0, 0.8)
    assert (question.key, question.answers, question.right, question.right_percent) == ("Q1", 2, 1, 50)


def test_lists_for_spreadsheets_start_no_formula_and_name_nobody(author: Client) -> None:
    attempt = studied()
    files = {}
    for name in ("scorm_attempts_file", "scorm_answers_file"):
        response = author.post(reverse(name, args=[attempt.video.uuid]))
        body = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        files[name] = list(csv.reader(io.StringIO(body)))
    heads, row = files["scorm_attempts_file"]
    attempts = dict(zip(heads, row, strict=True))
    assert attempts["学员"] == mask_name(attempt.enrolment.learner.full_name)
    assert (attempts["得分"], attempts["满分"], attempts["折算得分"], attempts["课件申报秒数"]) == (
        "80",
        "100",
        "0.8",
        "65",
    )
    heads, row = files["scorm_answers_file"]
    answers = dict(zip(heads, row, strict=True))
    assert (answers["作答"], answers["结果"], answers["单元"]) == ("'=cmd|' /C'!A0", "correct", "第一单元")
    details = list(AuditEntry.objects.filter(action="scorm.export").order_by("pk").values_list("detail", flat=True))
    assert details == [{"what": "attempts"}, {"what": "interactions"}]


def test_package_s_own_page_leads_to_its_report(author: Client) -> None:
    attempt = studied()
    page = text_of(author.get(reverse("video:inspect", args=[attempt.video.pk])))
    assert "共 1 次学习：1 次正在进行，1 次学完，1 次通过。" in page
    assert reverse("scorm_report", args=[attempt.video.uuid]) in page


def test_film_has_no_report(author: Client) -> None:
    film = make_lease().lesson.video
    assert film is not None
    assert author.get(reverse("scorm_report", args=[film.uuid])).status_code == 404


def test_empty_pages_say_so(author: Client) -> None:
    package = make_package()
    assert "没有符合条件的学习记录。" in text_of(author.get(reverse("scorm_attempts")))
    page = text_of(author.get(reverse("scorm_report", args=[package.uuid])))
    assert "还没有学员保存过内容。" in page
    attempt = attempt_of(make_lease(enrolment=make_package_enrolment(), now=NOW + timedelta(minutes=1)))
    assert "课件还没有保存过任何内容。" in text_of(author.get(reverse("scorm_history", args=[attempt.uuid])))
    assert Permission.objects.filter(codename="view_learner").exists()
