"""Reads of the app."""

from cms_pages.queries.shortcomings import describe_shortcomings

__all__ = ["describe_shortcomings"]
