"""Whether credit and evidence of lessons fit each other."""

from courses.rules.hour_plausibility import Finding, LessonFigures, PlausibilityCode, check_hours

__all__ = ["Finding", "LessonFigures", "PlausibilityCode", "check_hours"]
