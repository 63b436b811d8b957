"""What an officer fills in."""

from provinces.forms.cases import CaseDecisionForm, RestoreForm, ReversalForm
from provinces.forms.disputes import DisputeAnswerForm
from provinces.forms.dry_run import DryRunForm
from provinces.forms.issue_runs import StartIssueRunForm
from provinces.forms.make_up import MakeUpForm
from provinces.forms.ministry import MinistryReturnForm
from provinces.forms.offline import OfflineDecisionForm
from provinces.forms.recognition import DecisionForm
from provinces.forms.register import RegisterFilterForm, RegisterSearchForm, RegisterSelectionForm
from provinces.forms.what_if import WhatIfForm

__all__ = [
    "CaseDecisionForm",
    "DecisionForm",
    "DisputeAnswerForm",
    "DryRunForm",
    "MakeUpForm",
    "MinistryReturnForm",
    "OfflineDecisionForm",
    "RegisterFilterForm",
    "RegisterSearchForm",
    "RegisterSelectionForm",
    "RestoreForm",
    "ReversalForm",
    "StartIssueRunForm",
    "WhatIfForm",
]
