"""The editors' desk and what the CMS says when a course is saved."""

from cms_pages.wagtail_hooks import desk, lesson_forms, package_moves, publishing, videos  # noqa: F401
