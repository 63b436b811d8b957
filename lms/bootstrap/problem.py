"""What stops us."""


class ProblemError(Exception):
    """Something a person must mend, said in one line of Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} · {english}")
