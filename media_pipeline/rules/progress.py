"""How far ffmpeg has come, from its own reports."""


def done_ms_of_line(line: str) -> int | None:
    """Read the milliseconds written so far out of a line of ``ffmpeg -progress``; None for every other line.

    The key ``out_time_us`` counts microseconds; so, by an old mistake of ffmpeg's, does ``out_time_ms``.
    """
    key, _, value = line.strip().partition("=")
    if key not in ("out_time_us", "out_time_ms") or not value.lstrip("-").isdigit():
        return None
    return max(0, int(value) // 1000)


def frames_of_line(line: str) -> int | None:
    """Read the pictures counted so far out of such a line; None for every other line."""
    key, _, value = line.strip().partition("=")
    return int(value) if key == "frame" and value.isdigit() else None


def percent_of(done_ms: int, total_ms: int) -> int:
    """Whole percent, 0–99: only a finished video is at 100."""
    if total_ms <= 0:
        return 0
    return min(99, done_ms * 100 // total_ms)
