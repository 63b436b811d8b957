"""Reads of the app."""

from cms_pages.queries.credit_questions import credit_questions
from cms_pages.queries.desk import Desk, desk_of
from cms_pages.queries.shortcomings import describe_shortcomings

__all__ = ["Desk", "credit_questions", "describe_shortcomings", "desk_of"]
