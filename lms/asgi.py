"""ASGI entry: what pages report first, then pages; in production a process of its own takes the reports."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")

_pages = get_asgi_application()

from tracking.api import CommitReceiver, HeartbeatReceiver  # noqa: E402 - the apps are ready only now

application = HeartbeatReceiver(CommitReceiver(_pages))

# what is loaded by now stays for ever: let no collection walk through it again in the middle of a rush
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
