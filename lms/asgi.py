"""ASGI entry: pages and, in production, the heartbeats' own processes."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")

application = get_asgi_application()
