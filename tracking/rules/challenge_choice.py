"""Which question a challenge asks, in which order its options stand, and how long to wait after wrong answers.

What is drawn here comes from the random source that is passed in; the caller passes the operating system's, so that no
client can foresee a question, an order or a key.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from tracking.rules.intervals import Intervals, clip

JUST_WATCHED_MS = 120_000
FREE_WRONG_ANSWERS = 2  # in a row; from then on the next question has to be waited for
FIRST_COOL_DOWN_MS = 30_000
LONGEST_COOL_DOWN_MS = 300_000
GRACE_MS = 5_000  # an answer given in the last second is still on its way
MOST_OPTIONS = 4
_KEY_BYTES = 9


class Asking(StrEnum):
    """What is asked to see that somebody is there."""

    QUESTION = "question"  # on what the lesson shows
    LESSON = "lesson"  # which lesson this is
    WORD = "word"  # the word that stands in the prompt


@dataclass(frozen=True, slots=True)
class Askable:
    """A question of a lesson. ``after_ms`` is where on the timeline its answer was shown, 0 anywhere."""

    question_id: int
    after_ms: int


@dataclass(frozen=True, slots=True)
class ShownOptions:
    """The options in the order shown, each a random key and its text, and the key of the right one."""

    options: list[dict[str, str]]
    right_key: str


def choose_question(
    questions: Sequence[Askable],
    *,
    watched: Intervals,
    position_ms: int,
    last_id: int | None,
    is_last_left: bool = False,
    draw: Random,
) -> int | None:
    """The question to ask, None where no answer has been shown yet.

    Only what was watched is asked for: an answer shown at 45,000 ms may be asked for when the millisecond before it
    is in ``watched``. The one asked last comes again where it was left unanswered (``is_last_left``): who waits, or
    begins anew, is spared no question. Where it was answered it is taken only if there is no other. Among the rest
    those whose answer was shown within two minutes before ``position_ms`` come first.
    """
    if is_last_left and last_id in {item.question_id for item in questions}:
        return last_id
    shown = [item for item in questions if _was_shown(item, watched)]
    fresh = [item for item in shown if item.question_id != last_id] or shown
    if not fresh:
        return None
    just = [item for item in fresh if item.after_ms and 0 <= position_ms - item.after_ms <= JUST_WATCHED_MS]
    return draw.choice(just or fresh).question_id


def choose_asking(*, wants_question: bool, has_question: bool, has_other_lessons: bool, draw: Random) -> Asking:
    """What to ask: a question where the policy wants one and there is one, else for the lesson or for a word."""
    if wants_question and has_question:
        return Asking.QUESTION
    return draw.choice([Asking.LESSON, Asking.WORD]) if has_other_lessons else Asking.WORD


def shuffle_options(right: str, wrong: Sequence[str], *, draw: Random) -> ShownOptions:
    """The right text among at most three of the wrong ones, in an unforeseeable order, under keys that say nothing."""
    others = [text for text in dict.fromkeys(wrong) if text != right]
    texts = [right, *draw.sample(others, min(len(others), MOST_OPTIONS - 1))]
    keyed = [(secrets.token_urlsafe(_KEY_BYTES), text) for text in texts]
    right_key = keyed[0][0]
    draw.shuffle(keyed)
    return ShownOptions([{"key": key, "text": text} for key, text in keyed], right_key)


def wrong_in_a_row(newest_first: Sequence[str]) -> int:
    """How many wrong answers were given since the last right one; a missed challenge is no answer."""
    count = 0
    for outcome in newest_first:
        if outcome == "right":
            break
        count += outcome == "wrong"
    return count


def cool_down_ms(wrong: int) -> int:
    """How long to wait after the ``wrong``-th wrong answer in a row.

    One is free. After two 30 s, three 60 s, and so on doubling, never more than 300 s: who guesses among three options
    waits longer than who reads the question.
    """
    if wrong < FREE_WRONG_ANSWERS:
        return 0
    return min(LONGEST_COOL_DOWN_MS, FIRST_COOL_DOWN_MS << min(wrong - FREE_WRONG_ANSWERS, 10))


def _was_shown(question: Askable, watched: Intervals) -> bool:
    return question.after_ms == 0 or bool(clip(watched, question.after_ms - 1, question.after_ms))
