"""The pages of an authority's desk."""

from provinces.views.recognition import decide, queue

__all__ = ["decide", "queue"]
