"""A site's own process that does what ``LiveSite.tell`` tells it: Django starts once for all of it."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback


def serve() -> None:
    """Run one JSON string of code a line, each in names of its own; answer ``> [what it printed, what went wrong]``."""
    from django.db import connections

    for line in sys.stdin:
        said, wrong = io.StringIO(), ""
        with contextlib.redirect_stdout(said):
            try:
                exec(compile(json.loads(line), "<test>", "exec"), {"__name__": "__desk__"})  # noqa: S102
            except Exception:
                wrong = traceback.format_exc()
        connections.close_all()  # what comes next begins as a new process does
        print(f"> {json.dumps([said.getvalue(), wrong])}", flush=True)  # noqa: T201 - read by the test
