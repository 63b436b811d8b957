"""ASGI entry: players' reports first, then pages; in production a process of its own takes the reports."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")

_pages = get_asgi_application()

from tracking.api import HeartbeatReceiver  # noqa: E402 - the apps are ready only now

application = HeartbeatReceiver(_pages)
