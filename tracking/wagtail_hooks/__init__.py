"""What packages reported, in the CMS: for their authors, and for whoever helps learners."""

from tracking.wagtail_hooks import scorm_entries  # noqa: F401
