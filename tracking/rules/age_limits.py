"""The age up to which some authorities let people hold a post."""

from datetime import date

from lms.lib.hour_rules import HourRules


def exceeds_age_limit(*, born_on: date | None, sex: str, on: date, rules: HourRules) -> bool:
    """Whether a person is older than the policy allows; never where birth or sex is unknown, or no limit is set.

    Age is in completed years: with a limit of 60, the last day allowed is the one before the 61st birthday.
    """
    limit = {"male": rules.max_age_men, "female": rules.max_age_women}.get(sex)
    if limit is None or born_on is None:
        return False
    age = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    return age > limit
