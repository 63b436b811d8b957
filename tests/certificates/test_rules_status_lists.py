"""Places in the published lists, and the lists themselves."""

import base64
import gzip
import itertools

import pytest

from certificates.rules.status_lists import LIST_LENGTH, bitstring, encoded_list, list_of, status_index

FIRST_PLACES = [4055, 126857, 108832, 75561, 135914]


def test_permutation_is_fixed_for_ever():
    assert [status_index(serial) for serial in (1, 2, 3, 131_072, 131_073)] == FIRST_PLACES


@pytest.mark.parametrize("number", [0, 1, 15, 76_293])
def test_every_certificate_has_a_place_of_its_own_and_lists_fill_one_by_one(number):
    first = number * LIST_LENGTH
    assert {status_index(serial) for serial in range(first + 1, first + LIST_LENGTH + 1)} == set(
        range(first, first + LIST_LENGTH)
    )


def test_neighbours_in_time_are_rarely_neighbours_in_the_list():
    places = [status_index(serial) for serial in range(1, 1001)]
    assert sum(abs(one - other) < 100 for one, other in itertools.pairwise(places)) < 10


def test_two_million_certificates_have_sixteen_lists():
    assert {list_of(status_index(serial))[0] for serial in range(1, 2_000_001, 1000)} == set(range(16))


def test_serials_count_from_one():
    with pytest.raises(ValueError, match="serial 0"):
        status_index(0)


def test_first_place_is_the_leftmost_bit():
    bits = bitstring([0, 9, LIST_LENGTH - 1])
    assert (bits[:3], bits[-1], len(bits)) == (b"\x80\x40\x00", 1, 16_384)


def test_list_is_compressed_base64url_with_its_mark():
    text = encoded_list(bitstring([5]))
    assert text[0] == "u"
    assert gzip.decompress(base64.urlsafe_b64decode(text[1:] + "==")) == bitstring([5])


def test_same_bits_give_the_same_text():
    assert encoded_list(bitstring([1, 2])) == encoded_list(bitstring([2, 1]))
