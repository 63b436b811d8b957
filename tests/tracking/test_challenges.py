"""A challenge is asked, answered, missed; what waited for it becomes credit."""

from datetime import timedelta
from itertools import pairwise

import pytest

from courses.models import LessonQuestion
from courses.operations import QuestionDraft
from tests.factories.challenges import (
    QUESTIONS,
    claims_of,
    make_asked_enrolment,
    make_challenge,
    make_challenged_lease,
    progress_of,
    wrong_key,
)
from tests.factories.courses import make_policy
from tests.factories.tracking import NOW, make_lease
from tracking.enums import ChallengeOutcome, LeaseEnd
from tracking.models import Challenge, LedgerEntry, LessonProgress, PlayLease, StudyDay
from tracking.operations import (
    ChallengeLeaseError,
    ChallengeUnknownError,
    answer_challenge,
    ask_challenge,
    end_lease,
)
from tracking.queries import lease_key
from tracking.rules.challenge_points import next_challenge_ms

pytestmark = pytest.mark.django_db


def at(seconds):
    return NOW + timedelta(seconds=seconds)


def answer(lease, challenge, *, key=None, now=NOW):
    return answer_challenge(
        claims=claims_of(lease), challenge_uuid=challenge.uuid, key=key or challenge.right_key, now=now
    )


def answer_wrong(lease, challenge, *, now=NOW):
    return answer(lease, challenge, key=wrong_key(challenge), now=now)


# --- asking -----------------------------------------------------------------------------------------------------------


def test_a_question_of_the_lesson_is_asked_with_its_options_in_some_order():
    lease = make_challenged_lease()

    challenge = make_challenge(lease)

    question = LessonQuestion.objects.get(pk=challenge.question_id)
    assert (challenge.kind, challenge.prompt, challenge.lesson_id) == ("quiz", question.prompt, lease.lesson_id)
    assert {option["text"] for option in challenge.options} == set(question.options)
    assert {option["key"]: option["text"] for option in challenge.options}[challenge.right_key] == question.options[0]
    assert (challenge.asked_at, challenge.expires_at) == (NOW, at(60))
    assert (challenge.outcome, challenge.learner_id) == (ChallengeOutcome.OPEN, lease.learner_id)


def test_asking_again_within_the_window_gives_the_same_challenge():
    lease = make_challenged_lease()
    challenge = make_challenge(lease)

    assert make_challenge(lease, now=at(59.999)) == challenge
    assert Challenge.objects.count() == 1


def test_one_whose_window_is_over_is_missed_and_its_question_comes_again():
    lease = make_challenged_lease()
    first = make_challenge(lease)

    second = make_challenge(lease, now=at(60))

    first.refresh_from_db()
    assert (first.outcome, first.answered_at) == (ChallengeOutcome.MISSED, None)
    assert (second.question_id, second.expires_at) == (first.question_id, at(120))
    assert {option["key"] for option in second.options}.isdisjoint(option["key"] for option in first.options)


def test_nothing_is_asked_where_no_challenge_stands():
    lease = make_lease(enrolment=make_asked_enrolment())

    assert ask_challenge(claims=claims_of(lease), now=NOW) is None
    assert Challenge.objects.count() == 0


def test_a_lesson_without_questions_asks_for_presence():
    lease = make_challenged_lease(enrolment=make_asked_enrolment(questions=(), others=3))

    for number in range(12):
        challenge = make_challenge(lease, now=at(60 * number))
        texts = {option["key"]: option["text"] for option in challenge.options}
        assert (challenge.kind, challenge.question_id, len(texts)) == ("presence", None, 4)
        if challenge.prompt == "您正在学习的是哪一节？":
            assert texts[challenge.right_key] == lease.lesson.title
        else:
            assert challenge.prompt == f"请选出与引号内相同的词：“{texts[challenge.right_key]}”"


def test_the_only_lesson_of_a_course_is_not_asked_for_by_its_title():
    lease = make_challenged_lease(enrolment=make_asked_enrolment(questions=()))

    prompts = {make_challenge(lease, now=at(60 * number)).prompt[:11] for number in range(10)}

    assert prompts == {"请选出与引号内相同的词"}


def test_a_policy_of_presence_asks_no_question():
    lease = make_challenged_lease(challenge_kind="presence")

    assert {make_challenge(lease, now=at(60 * number)).kind for number in range(4)} == {"presence"}


def test_a_policy_that_asks_none_any_more_lets_what_waited_count():
    enrolment = make_asked_enrolment(required_seconds=40)
    make_policy(
        authority=enrolment.ce_year.authority, effective_from=NOW.date() + timedelta(days=1), challenge_kind="none"
    )
    tomorrow = NOW + timedelta(days=1)
    lease = make_challenged_lease(enrolment=enrolment, now=tomorrow)

    assert ask_challenge(claims=claims_of(lease), now=tomorrow) is None
    progress = progress_of(lease)
    assert (progress.coverage, progress.provisional, progress.credited_ms) == ([[0, 40_000]], [], 40_000)
    assert (progress.reached_at, progress.completed_at) == (tomorrow, tomorrow)
    assert StudyDay.objects.get(on=tomorrow.date()).next_challenge_ms is None


def test_a_question_is_asked_only_when_its_answer_was_shown():
    late = QuestionDraft("最后讲了什么？", ["总结", "开头"], 59_000)
    lease = make_challenged_lease(enrolment=make_asked_enrolment(questions=(late,)))

    assert make_challenge(lease).kind == "presence"
    LessonProgress.objects.update(provisional=[[30_000, 59_000]])
    assert make_challenge(lease, now=at(60)).prompt == "最后讲了什么？"


def test_what_waits_for_an_answer_counts_as_watched_when_a_question_is_chosen():
    just = QuestionDraft("刚才讲了什么？", ["甲", "乙"], 39_000)
    lease = make_challenged_lease(enrolment=make_asked_enrolment(questions=(*QUESTIONS, just)))

    assert make_challenge(lease).prompt == "刚才讲了什么？"


def test_no_question_is_asked_twice_in_a_row():
    lease = make_challenged_lease()
    asked = []
    for number in range(6):
        challenge = make_challenge(lease, now=at(400 * number))
        answer_wrong(lease, challenge, now=at(400 * number + 1))
        asked.append(challenge.question_id)

    assert all(one != other for one, other in pairwise(asked))


def test_the_question_answered_under_the_lease_before_is_not_asked_first_under_the_next():
    lease = make_challenged_lease()
    first = make_challenge(lease)
    answer_wrong(lease, first)
    end_lease(lease_id=lease.pk, now=at(1))

    again = make_challenged_lease(enrolment=lease.enrolment, now=at(2))

    assert make_challenge(again, now=at(3)).question_id != first.question_id


def test_a_question_left_unanswered_comes_again_under_every_lease():
    lease = make_challenged_lease()
    asked = {make_challenge(lease).question_id}
    for number in range(1, 9):
        end_lease(lease_id=lease.pk, now=at(10 * number))
        lease = make_challenged_lease(enrolment=lease.enrolment, now=at(10 * number))
        asked.add(make_challenge(lease, now=at(10 * number)).question_id)

    assert len(asked) == 1


def test_an_ended_lease_is_asked_nothing():
    lease = make_challenged_lease()
    end_lease(lease_id=lease.pk, now=NOW)

    with pytest.raises(ChallengeLeaseError, match="这一次学习已结束"):
        ask_challenge(claims=claims_of(lease), now=NOW)


def test_an_expired_token_asks_nothing():
    lease = make_challenged_lease()
    claims = claims_of(lease)

    with pytest.raises(ChallengeLeaseError):
        ask_challenge(claims=claims, now=lease.opened_at + timedelta(hours=12))


# --- answering --------------------------------------------------------------------------------------------------------


def test_a_right_answer_makes_credit_of_what_waited_and_draws_the_next_point():
    lease = make_challenged_lease()
    StudyDay.objects.update(credited_ms=1_700_000, next_challenge_ms=1_690_000)
    challenge = make_challenge(lease)

    verdict = answer(lease, challenge, now=at(7))

    assert verdict.as_json() == {
        "outcome": "right",
        "message": "回答正确，待验证的时间已计入。",
        "credited_ms": 40_000,
        "required_ms": 55_000,
        "coverage": [[0, 40_000]],
        "provisional_ms": 0,
        "completed": False,
        "retry_ms": 0,
    }
    challenge.refresh_from_db()
    assert (challenge.outcome, challenge.answered_at, challenge.chosen_key) == (
        ChallengeOutcome.RIGHT,
        at(7),
        challenge.right_key,
    )
    lease.refresh_from_db()
    day = StudyDay.objects.get()
    assert (lease.challenge_ms, lease.ended_at) == (-1, None)
    assert day.credited_ms == 1_700_000  # what waited was booked to the day when it was watched
    assert day.next_challenge_ms == next_challenge_ms(
        key=lease_key(), learner_id=lease.learner_id, day=day.on, per_hour=2, after_ms=1_700_000
    )
    assert day.next_challenge_ms > 1_700_000
    assert ask_challenge(claims=claims_of(lease), now=at(8)) is None


def test_what_waited_beside_what_was_credited_is_counted_once():
    lease = make_challenged_lease(coverage=[[0, 30_000]], provisional=[[20_000, 35_000], [50_000, 52_000]])

    verdict = answer(lease, make_challenge(lease))

    assert (verdict.coverage, verdict.credited_ms) == (((0, 35_000), (50_000, 52_000)), 37_000)


def test_a_right_answer_that_completes_the_lesson_books_it_and_ends_the_lease():
    lease = make_challenged_lease(coverage=[[0, 30_000]], provisional=[[30_000, 55_000]])

    verdict = answer(lease, make_challenge(lease), now=at(3))

    lease.refresh_from_db()
    progress = progress_of(lease)
    assert (verdict.completed, verdict.credited_ms) == (True, 55_000)
    assert (progress.reached_at, progress.completed_at) == (at(3), at(3))
    assert (lease.ended_at, lease.end_reason) == (at(3), LeaseEnd.FINISHED)
    assert LedgerEntry.objects.get().lesson_id == lease.lesson_id


def test_one_millisecond_short_is_not_complete():
    lease = make_challenged_lease(coverage=[[0, 30_000]], provisional=[[30_000, 54_999]])

    assert answer(lease, make_challenge(lease)).completed is False
    assert LedgerEntry.objects.count() == 0


def test_a_wrong_answer_keeps_what_waits_and_another_question_follows():
    lease = make_challenged_lease()
    challenge = make_challenge(lease)

    verdict = answer_wrong(lease, challenge, now=at(2))

    lease.refresh_from_db()
    assert (verdict.outcome, verdict.message) == ("wrong", "回答不对。待验证的时间会保留，换一题答对后计入。")
    assert (verdict.credited_ms, verdict.provisional_ms, verdict.retry_ms) == (30_000, 10_000, 0)
    assert lease.challenge_ms == 30_000
    assert progress_of(lease).provisional == [[30_000, 40_000]]
    following = make_challenge(lease, now=at(2))
    assert following.question_id != challenge.question_id
    assert answer(lease, following, now=at(4)).credited_ms == 40_000


@pytest.mark.parametrize("seconds", [0, 60, 65])
def test_an_answer_up_to_five_seconds_late_counts(seconds):
    lease = make_challenged_lease()

    assert answer(lease, make_challenge(lease), now=at(seconds)).outcome == "right"


def test_a_later_answer_is_missed_and_what_waits_is_kept():
    lease = make_challenged_lease()
    challenge = make_challenge(lease)

    verdict = answer(lease, challenge, now=at(65.001))

    challenge.refresh_from_db()
    assert (verdict.outcome, verdict.provisional_ms, verdict.retry_ms) == ("missed", 10_000, 0)
    assert (challenge.outcome, challenge.answered_at, challenge.chosen_key) == (ChallengeOutcome.MISSED, None, "")


def test_a_challenge_can_be_made_up_under_another_lease():
    lease = make_challenged_lease()
    make_challenge(lease)
    end_lease(lease_id=lease.pk, now=at(1))
    tomorrow = NOW + timedelta(days=1)

    again = make_lease(enrolment=lease.enrolment, now=tomorrow)
    challenge = make_challenge(again, now=tomorrow)

    assert answer(again, challenge, now=tomorrow).credited_ms == 40_000
    assert StudyDay.objects.get(on=tomorrow.date()).next_challenge_ms > 0


def test_answering_again_says_what_was_said_and_changes_nothing():
    lease = make_challenged_lease(coverage=[[0, 30_000]], provisional=[[30_000, 55_000]])
    challenge = make_challenge(lease)
    first = answer(lease, challenge, now=at(3))
    before = (progress_of(lease), StudyDay.objects.get(), LedgerEntry.objects.get())

    again = answer(lease, challenge, now=at(9))

    assert again == first
    assert before == (progress_of(lease), StudyDay.objects.get(), LedgerEntry.objects.get())
    assert progress_of(lease).updated_at == at(3)


def test_right_after_wrong_on_the_same_question_stays_wrong():
    lease = make_challenged_lease()
    challenge = make_challenge(lease)
    answer_wrong(lease, challenge, now=at(1))

    assert answer(lease, challenge, now=at(2)).outcome == "wrong"
    assert progress_of(lease).credited_ms == 30_000


def test_an_ended_lease_takes_no_answer():
    lease = make_challenged_lease()
    challenge = make_challenge(lease)
    end_lease(lease_id=lease.pk, now=NOW)

    with pytest.raises(ChallengeLeaseError):
        answer(lease, challenge)
    assert progress_of(lease).credited_ms == 30_000


def test_another_leases_challenge_is_unknown():
    mine, theirs = make_challenged_lease(), make_challenged_lease()
    challenge = make_challenge(theirs)

    with pytest.raises(ChallengeUnknownError):
        answer(mine, challenge)
    challenge.refresh_from_db()
    assert challenge.outcome == ChallengeOutcome.OPEN


def test_a_token_whose_lease_is_not_here_is_refused():
    lease = make_challenged_lease()
    claims, challenge = claims_of(lease), make_challenge(lease)
    PlayLease.objects.update(uuid=challenge.uuid)

    for call in (
        lambda: ask_challenge(claims=claims, now=NOW),
        lambda: answer_challenge(claims=claims, challenge_uuid=challenge.uuid, key="x", now=NOW),
    ):
        with pytest.raises(ChallengeLeaseError) as refusal:
            call()
        assert refusal.value.code == "lease_unknown"


# --- the cost --------------------------------------------------------------------------------------------------------


def test_asking_and_answering_cost_few_statements(django_assert_max_num_queries):
    lease = make_challenged_lease(enrolment=make_asked_enrolment(others=5))
    claims = claims_of(lease)

    with django_assert_max_num_queries(10):
        challenge = ask_challenge(claims=claims, now=NOW)
    with django_assert_max_num_queries(5):
        ask_challenge(claims=claims, now=NOW)
    with django_assert_max_num_queries(12):
        answer_challenge(claims=claims, challenge_uuid=challenge.uuid, key=challenge.right_key, now=NOW)
