"""What was reported leaves a trace that only the same reports leave."""

from tracking.rules.trace import extend_trace


def test_same_reports_leave_the_same_trace() -> None:
    assert extend_trace(extend_trace(0, ((0, 30_000),)), ((30_000, 60_000),)) == extend_trace(
        extend_trace(0, ((0, 30_000),)), ((30_000, 60_000),)
    )


def test_a_millisecond_or_another_order_leaves_another_trace() -> None:
    one = extend_trace(extend_trace(0, ((0, 30_000),)), ((30_000, 60_000),))
    assert one != extend_trace(extend_trace(0, ((0, 30_001),)), ((30_001, 60_000),))
    assert one != extend_trace(extend_trace(0, ((30_000, 60_000),)), ((0, 30_000),))


def test_report_without_intervals_leaves_no_trace() -> None:
    assert extend_trace(0, ()) == 0
    assert extend_trace(77, ()) == 77


def test_trace_fits_a_signed_column() -> None:
    assert 0 < extend_trace(2**56 - 1, ((0, 86_400_000),)) < 2**56
