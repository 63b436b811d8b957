"""The register of documents, the syllabus, posts and policies in the CMS."""

from courses.wagtail_hooks import register, videos  # noqa: F401
