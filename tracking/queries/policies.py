"""Which row a resolved policy comes from."""

from lms.lib.hour_rules import HourRules


def policy_key(rules: HourRules) -> int:
    """The key of the row that decided.

    :raises ValueError: rules made up by hand, as a what-if is; nothing may be booked under them.
    """
    if rules.policy_id is None:
        raise ValueError("these rules are of no row")
    return rules.policy_id
