"""Forms of the editor."""

from cms_pages.forms.course_page import CoursePageForm

__all__ = ["CoursePageForm"]
