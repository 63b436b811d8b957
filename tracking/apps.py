"""What each learner did and what it earned."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackingConfig(AppConfig):
    """Enrolments, play leases, the hours ledger, CE years and recognition."""

    name = "tracking"
    verbose_name = _("学习与学时")
