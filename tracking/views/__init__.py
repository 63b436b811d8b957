"""The learner's study pages, and what the player talks to."""

from tracking.views.challenges import answer_challenge, challenge
from tracking.views.course import course
from tracking.views.heartbeats import end_lease, heartbeat
from tracking.views.institution import attendance, institution
from tracking.views.offline import offline, offline_evidence, offline_file, offline_withdraw
from tracking.views.player import open_lease, player
from tracking.views.why import why

__all__ = [
    "answer_challenge",
    "attendance",
    "challenge",
    "course",
    "end_lease",
    "heartbeat",
    "institution",
    "offline",
    "offline_evidence",
    "offline_file",
    "offline_withdraw",
    "open_lease",
    "player",
    "why",
]
