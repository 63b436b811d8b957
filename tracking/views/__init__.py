"""The learner's study pages, and what the player talks to."""

from tracking.views.course import course
from tracking.views.heartbeats import end_lease, heartbeat
from tracking.views.player import open_lease, player
from tracking.views.why import why

__all__ = ["course", "end_lease", "heartbeat", "open_lease", "player", "why"]
