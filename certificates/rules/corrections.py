"""Which printed fields of a certificate may be corrected, and what a correction says.

Post and authority are what the certificate is: a wrong one is cancelled, not corrected. The identity number is that of
the registered person. Source: operation 09 of the national collection of related licences.
"""

from __future__ import annotations

from collections.abc import Mapping

CURRENT = "current"
FULL_NAME, INSTITUTION, PHOTO = "full_name", "issuing_institution", "photo"
CORRECTABLE = (FULL_NAME, INSTITUTION, PHOTO)
LONGEST = {FULL_NAME: 80, INSTITUTION: 120, PHOTO: len(CURRENT)}


class ChangesError(ValueError):
    """No correction at all, a field that is not corrected, or a value that cannot be; ``field`` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def read_changes(given: Mapping[str, object]) -> dict[str, str]:
    """The corrected fields, blanks around them dropped, empty ones left out.

    ``full_name`` and ``issuing_institution`` are printed as given; ``photo`` is ``current``: the learner's present one.

    :raises ChangesError: see there.
    """
    changes: dict[str, str] = {}
    for field, value in given.items():
        if field not in CORRECTABLE or not isinstance(value, str) or len(value.strip()) > LONGEST[field]:
            raise ChangesError(field)
        if field == PHOTO and value.strip() not in ("", CURRENT):
            raise ChangesError(field)
        if value.strip():
            changes[field] = value.strip()
    if not changes:
        raise ChangesError("")
    return changes
