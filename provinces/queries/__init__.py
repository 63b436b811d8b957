"""Reads of the app."""

from provinces.queries.recognition import refused_years, years_to_decide

__all__ = ["refused_years", "years_to_decide"]
