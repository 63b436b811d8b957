"""What people fill in about study."""

from tracking.forms.dispute import DisputeForm
from tracking.forms.offline import AttendanceForm, OfflineClaimForm
from tracking.forms.scorm_search import ScormSearchForm

__all__ = ["AttendanceForm", "DisputeForm", "OfflineClaimForm", "ScormSearchForm"]
