"""Minutes shown as 学时, exactly and without floats.

Credit is stored in whole minutes. Shown, it is floored to one decimal, so a page never promises more than was
earned: 50 minutes at 45 a 学时 are 1.111… and print as "1.1"; 1439 minutes are short of 32 and print as "31.9".
"""


def format_credit_hours(minutes: int, *, hour_minutes: int) -> str:
    """``minutes`` in 学时 of ``hour_minutes`` each, floored to a tenth, no trailing ".0": 1440 at 45 is "32".

    A counter-entry keeps its sign and is cut towards zero: -50 at 45 is "-1.1".

    :raises ValueError: ``hour_minutes`` is not positive.
    """
    if hour_minutes <= 0:
        raise ValueError(f"a credit hour lasts at least one minute, not {hour_minutes}")
    whole, tenth = divmod(abs(minutes) * 10 // hour_minutes, 10)
    text = f"{whole}.{tenth}" if tenth else str(whole)
    return f"-{text}" if minutes < 0 and text != "0" else text
