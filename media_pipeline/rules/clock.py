"""Times of a video, written for people."""


def clock_text(duration_ms: int) -> str:
    """Minutes and seconds, with hours where there are any, rounded down: 67000 → ``1:07``, 3600000 → ``1:00:00``."""
    seconds = duration_ms // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"
