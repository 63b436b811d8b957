"""Passes: what they open, for whom, and until when."""

import pytest

from media_pipeline.rules.passes import PassRefusedError, PassScope, check_pass, end_of_window, make_pass, pass_key

KEY = pass_key("a secret")
PATH = "5b4b5b52/renditions/1/720p/00000.m4s"
NOW_S = 1_800_000_000


def sign(scope: PassScope = PassScope.PIECES, path: str = PATH, **overrides) -> str:
    return make_pass(scope, path, **{"holder": "session", "expires_at_s": NOW_S + 10, "key": KEY, **overrides})


def is_open(token: str, path: str = PATH, **overrides) -> bool:
    try:
        check_pass(token, path, **{"holder": "session", "now_s": NOW_S, "keys": [KEY], **overrides})
    except PassRefusedError:
        return False
    return True


def test_pass_opens_every_piece_of_its_video():
    token = sign()
    assert is_open(token)
    assert is_open(token, "5b4b5b52/other/00009.m4s")


def test_pass_says_when_it_expires():
    assert check_pass(sign(), PATH, holder="session", now_s=NOW_S, keys=[KEY]) == NOW_S + 10


def test_pass_is_expired_in_the_second_of_its_expiry():
    token = sign()
    assert is_open(token, now_s=NOW_S + 9)
    assert not is_open(token, now_s=NOW_S + 10)


def test_pass_is_useless_to_another_browser_and_to_none():
    assert not is_open(sign(), holder="another")
    assert not is_open(sign(), holder="")
    assert not is_open(sign(holder=""), holder="")


@pytest.mark.parametrize("path", ["5b4b5b53/renditions/1/720p/00000.m4s", "5b4b5b5/2", "", "/", "x/5b4b5b52/a.m4s"])
def test_pass_of_one_video_opens_no_other(path):
    assert not is_open(sign(), path)


def test_pass_for_pieces_opens_no_playlist_and_that_for_all_does():
    playlist = "5b4b5b52/renditions/1/master.m3u8"
    assert not is_open(sign(path=playlist), playlist)
    assert is_open(sign(PassScope.ALL), playlist)


def test_pass_for_one_file_opens_that_file_alone():
    token = sign(PassScope.ONE)
    assert is_open(token)
    assert not is_open(token, "5b4b5b52/renditions/1/720p/00001.m4s")


def test_scope_and_expiry_cannot_be_changed():
    token = sign(PassScope.ONE)
    for changed in ("p" + token[1:], "a" + token[1:], token.replace(f"{NOW_S + 10:x}", f"{NOW_S + 99:x}")):
        assert not is_open(changed)


@pytest.mark.parametrize("token", ["", "x", "p-", "p1-" + "0" * 32, "p" + "f" * 10 + "-" + "0" * 32, "p1-é" + "0" * 31])
def test_what_is_no_pass_is_refused(token):
    assert not is_open(token)


def test_pass_of_an_earlier_secret_opens_while_the_secret_is_still_honoured():
    token, new = sign(), pass_key("a new secret")
    assert is_open(token, keys=[new, KEY])
    assert not is_open(token, keys=[new])


def test_addresses_last_five_to_ten_minutes_and_are_shared_within_a_window():
    start = NOW_S - NOW_S % 300
    assert end_of_window(start) == start + 600
    assert end_of_window(start + 299) == start + 600
    assert end_of_window(start + 300) == start + 900
