"""What an officer fills in."""

from provinces.forms.cases import CaseDecisionForm, ReversalForm
from provinces.forms.disputes import DisputeAnswerForm
from provinces.forms.offline import OfflineDecisionForm
from provinces.forms.recognition import DecisionForm

__all__ = [
    "CaseDecisionForm",
    "DecisionForm",
    "DisputeAnswerForm",
    "OfflineDecisionForm",
    "ReversalForm",
]
