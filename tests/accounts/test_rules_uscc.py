"""Social credit codes: a wrong shape is an error, a wrong check character only a doubt."""

import pytest

from accounts.rules.uscc import Uscc, UsccShapeError, read_uscc


@pytest.mark.parametrize(
    "text", ["91110000600037341L", " 91 110000 600037341l ", "９１１１００００６０００３７３４１Ｌ"]
)
def test_code_is_read_however_it_was_typed(text: str) -> None:
    assert read_uscc(text) == Uscc("91110000600037341L", is_check_doubtful=False)


def test_wrong_check_character_is_only_doubtful() -> None:
    assert read_uscc("91110000600037341M") == Uscc("91110000600037341M", is_check_doubtful=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9111000060003734",
        "91110000600037341LL",
        "9111000060003734IL",
        "91A10000600037341L",
        "代码",
        "91١١0000600037341L",
    ],
)
def test_code_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(UsccShapeError):
        read_uscc(text)
