"""What is taught, by edition: posts, syllabus, documents, courses, lessons, policies."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    """Posts, courses and the dated rules of each authority."""

    name = "courses"
    verbose_name = _("课程与政策")
