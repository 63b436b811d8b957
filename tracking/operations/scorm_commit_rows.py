"""What both ways of storing a batch of commits share."""

from __future__ import annotations

from collections.abc import Sequence

from tracking.rules.scorm_commit import Refusal, SentCommit
from tracking.rules.scorm_fold import CommitRows


def overtaken_in(commits: Sequence[SentCommit], rows: CommitRows) -> list[tuple[int, int, int]]:
    """Attempt, generation and number of the commits that do not come after all that is stored."""
    return sorted(
        {
            (attempt.attempt_id, attempt.generation, commit.sequence)
            for commit in commits
            if (attempt := rows.attempts.get(commit.claims.attempt_id)) is not None
            and commit.sequence <= attempt.last_sequence
            and commit.claims.generation == attempt.generation
        }
    )


def refusals_as_json(refused: Sequence[Refusal]) -> list[dict[str, str | int]]:
    """Refusals as they are stored."""
    return [{"element": each.element, "code": each.code} for each in refused]


def refusals_of(stored: list[dict[str, str | int]]) -> tuple[Refusal, ...]:
    """Refusals from their stored form."""
    return tuple(Refusal(str(each["element"]), int(each["code"])) for each in stored)
