"""What people fill in about study."""

from tracking.forms.dispute import DisputeForm
from tracking.forms.offline import AttendanceForm, OfflineClaimForm

__all__ = ["AttendanceForm", "DisputeForm", "OfflineClaimForm"]
