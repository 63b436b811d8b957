"""What an officer fills in."""

from provinces.forms.recognition import DecisionForm

__all__ = ["DecisionForm"]
