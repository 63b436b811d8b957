"""One commit by itself: reading it, and judging its elements."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import uuid4

from tracking.rules.scorm_commit import SentCommit, read_commit
from tracking.rules.scorm_model import Checked, check_elements
from tracking.rules.scorm_token import CommitClaims, sign_commit_token

KEY = b"k" * 32
NOW_S = 1_780_000_000
CLAIMS = CommitClaims("2004-4", 1, 2, 3, 4, 5, 6, NOW_S + 3_600)
ELEMENTS = {
    "cmi.completion_status": "incomplete",
    "cmi.location": "17",
    "cmi.suspend_data": "slide=17&seen=1,2,3,4,5,6,7,8,9|" * 32,
    "cmi.session_time": "PT30S",
    "cmi.progress_measure": "0.17",
    "cmi.interactions.7.id": "question-7",
    "cmi.interactions.7.type": "choice",
    "cmi.interactions.7.timestamp": "2026-03-02T10:00:07",
    "cmi.interactions.7.learner_response": "a[,]b",
    "cmi.interactions.7.result": "correct",
    "cmi.interactions.7.latency": "PT12.5S",
}


def make_read() -> Callable[[], SentCommit]:
    """Give a call that reads one commit: JSON, signature, members."""
    body = {
        "token": sign_commit_token(CLAIMS, key=KEY),
        "activity": "ITEM-1",
        "launch": str(uuid4()),
        "sequence": 7,
        "last": False,
        "elements": ELEMENTS,
        "current": "ITEM-1",
    }
    text = json.dumps(body).encode()
    return lambda: read_commit(text, now_s=NOW_S, key=KEY)


def make_check() -> Callable[[], Checked]:
    """Give a call that judges eleven elements on top of seven stored interactions."""
    stored = {
        name.replace(".7.", f".{number}."): text
        for number in range(7)
        for name, text in ELEMENTS.items()
        if "interactions" in name
    }
    return lambda: check_elements("2004-4", stored, ELEMENTS)
