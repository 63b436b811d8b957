"""Reads of the app."""

from courses.queries.courses import courses_for_post, lessons_of
from courses.queries.policies import NoPolicyError, policy_in_force

__all__ = ["NoPolicyError", "courses_for_post", "lessons_of", "policy_in_force"]
