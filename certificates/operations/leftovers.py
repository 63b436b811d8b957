"""Files that no certificate names: what a worker left that died between storing a page and writing its row."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.utils import timezone

from certificates.gateways.certificate_store import certificates_of_day, delete_certificate
from certificates.models import Certificate

YOUNGEST_DAYS, OLDEST_DAYS = 2, 9  # of the day on which the attempt was begun: no attempt lasts so long
BATCH = 500
logger = logging.getLogger(__name__)


def delete_leftovers(*, now: datetime) -> int:
    """Delete the files of attempts begun two to nine days ago that never became certificates; returns how many.

    Younger ones may yet; older ones were looked at on the days before. Safe to repeat.

    :raises StoreAwayError: the storage does not answer.
    """
    today, deleted = timezone.localdate(now), 0
    for days in range(YOUNGEST_DAYS, OLDEST_DAYS + 1):
        paths = certificates_of_day(today - timedelta(days=days))
        for start in range(0, len(paths), BATCH):
            batch = paths[start : start + BATCH]
            named = set(Certificate.objects.filter(pdf_path__in=batch).values_list("pdf_path", flat=True))
            for path in [each for each in batch if each not in named]:
                logger.info("No certificate names %s: deleted", path)
                delete_certificate(path)
                deleted += 1
    return deleted
