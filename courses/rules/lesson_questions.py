"""Is a question on a lesson one that can be asked?

The first option is the right one; learners are shown the options in a random order, so they must differ to the eye.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from courses.rules.edition_digest import squeeze

LONGEST_PROMPT = 200
LONGEST_OPTION = 100
FEWEST_OPTIONS = 2
MOST_OPTIONS = 4


class QuestionFault(StrEnum):
    """Why a question cannot be asked."""

    NO_PROMPT = "no_prompt"
    PROMPT_TOO_LONG = "prompt_too_long"
    SAME_PROMPT = "same_prompt"  # the lesson asks the same twice
    TOO_FEW_OPTIONS = "too_few_options"
    TOO_MANY_OPTIONS = "too_many_options"
    EMPTY_OPTION = "empty_option"
    OPTION_TOO_LONG = "option_too_long"
    SAME_OPTIONS = "same_options"
    AFTER_END = "after_end"  # its answer would be shown when the video is over
    TIME_IN_READING = "time_in_reading"  # a text has no timeline that could have shown it


@dataclass(frozen=True, slots=True)
class QuestionText:
    """One question. The first of ``options`` is right; ``after_ms`` is where its answer was shown, 0 anywhere."""

    prompt: str
    options: Sequence[str]
    after_ms: int = 0


def find_faults(
    questions: Sequence[QuestionText], *, is_video: bool, duration_ms: int | None
) -> list[tuple[int, QuestionFault]]:
    """What is wrong with a lesson's questions: pairs of the question's number from 0 and the fault, in their order.

    ``is_video`` says that there is a timeline, of a film or of pages; ``duration_ms`` is its checked length, None while
    it is unknown. An answer shown at 60,000 ms of 60,000 ms is shown at its end and may be asked for; 60,001 is beyond.
    """
    faults: list[tuple[int, QuestionFault]] = []
    prompts: set[str] = set()
    for number, question in enumerate(questions):
        found = [*_prompt_faults(question), *_option_faults(question.options)]
        if question.after_ms and not is_video:
            found.append(QuestionFault.TIME_IN_READING)
        elif duration_ms is not None and question.after_ms > duration_ms and is_video:
            found.append(QuestionFault.AFTER_END)
        prompt = squeeze(question.prompt)
        if prompt and prompt in prompts:
            found.append(QuestionFault.SAME_PROMPT)
        prompts.add(prompt)
        faults += [(number, fault) for fault in found]
    return faults


def _prompt_faults(question: QuestionText) -> list[QuestionFault]:
    if not squeeze(question.prompt):
        return [QuestionFault.NO_PROMPT]
    return [QuestionFault.PROMPT_TOO_LONG] if len(squeeze(question.prompt)) > LONGEST_PROMPT else []


def _option_faults(options: Sequence[str]) -> list[QuestionFault]:
    faults = []
    if len(options) < FEWEST_OPTIONS:
        faults.append(QuestionFault.TOO_FEW_OPTIONS)
    if len(options) > MOST_OPTIONS:
        faults.append(QuestionFault.TOO_MANY_OPTIONS)
    if not all(squeeze(option) for option in options):
        faults.append(QuestionFault.EMPTY_OPTION)
    if any(len(squeeze(option)) > LONGEST_OPTION for option in options):
        faults.append(QuestionFault.OPTION_TOO_LONG)
    shown = [squeeze(option) for option in options if squeeze(option)]
    if len(set(shown)) < len(shown):
        faults.append(QuestionFault.SAME_OPTIONS)
    return faults
