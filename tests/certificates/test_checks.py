"""What must hold before a real site is opened."""

from django.test import override_settings

from certificates.checks import check_signing_key


@override_settings(XUESHI_SIGNING_KEY_FILE="", XUESHI_DEMO=False)
def test_a_real_site_is_warned_before_the_demonstration_key_signs():
    assert [message.id for message in check_signing_key()] == ["certificates.W001"]


@override_settings(XUESHI_SIGNING_KEY_FILE="", XUESHI_DEMO=True)
def test_the_demonstration_may_sign_with_its_own_key():
    assert check_signing_key() == []


@override_settings(XUESHI_SIGNING_KEY_FILE="issuer.p12", XUESHI_DEMO=False)
def test_a_site_with_a_key_of_its_own_is_not_warned():
    assert check_signing_key() == []
