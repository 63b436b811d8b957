"""The learner's study pages, and what the player talks to."""

from tracking.views.challenges import answer_challenge, challenge
from tracking.views.course import course
from tracking.views.film import film, film_again
from tracking.views.heartbeats import end_lease, heartbeat
from tracking.views.institution import attendance, institution
from tracking.views.leases import open_lease, watch_plainly
from tracking.views.offline import offline, offline_evidence, offline_file, offline_withdraw
from tracking.views.player import player
from tracking.views.scorm_commit import scorm_commit
from tracking.views.scorm_drive import scorm_drive
from tracking.views.scorm_page import scorm_restart
from tracking.views.why import why

__all__ = [
    "answer_challenge",
    "attendance",
    "challenge",
    "course",
    "end_lease",
    "film",
    "film_again",
    "heartbeat",
    "institution",
    "offline",
    "offline_evidence",
    "offline_file",
    "offline_withdraw",
    "open_lease",
    "player",
    "scorm_commit",
    "scorm_drive",
    "scorm_restart",
    "watch_plainly",
    "why",
]
