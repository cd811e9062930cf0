"""One's own account: a passkey instead of the password, and leaving every device at once."""

import pytest

from tests.browser.walking import PHONE, faults, sign_in

pytestmark = pytest.mark.browser


def with_a_fingerprint(page) -> None:  # type: ignore[no-untyped-def]
    """A device that keeps passkeys and whose owner always says yes."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_signs_in_without_the_password(site, cast, browser, photograph):  # type: ignore[no-untyped-def]
    page = browser.new_context(viewport=PHONE).new_page()
    with_a_fingerprint(page)
    sign_in(page, site, "bo@example.com", cast.password)
    page.goto(f"{site.url}/account/")
    photograph(page, "account")
    assert faults(page) == []
    page.get_by_role("link", name="Two-step sign-in and passkeys").click()
    page.locator("a[href$='/webauthn/add/']").click()
    page.fill("[name=password]", cast.password)  # whoever changes how they sign in gives it once more
    page.get_by_role("button", name="Go on").click()
    photograph(page, "passkey-add")
    assert faults(page) == []
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(lambda url: "/2fa/" in url and "/add/" not in url)
    photograph(page, "passkeys")

    page.goto(f"{site.url}/account/")
    page.get_by_role("button", name="Sign out everywhere").click()
    page.goto(f"{site.url}/accounts/login/")
    photograph(page, "passkey-sign-in")
    assert faults(page) == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Needs you").wait_for()


def test_without_a_passkey_the_page_says_so_and_the_password_still_works(site, cast, browser):  # type: ignore[no-untyped-def]
    page = browser.new_context(viewport=PHONE).new_page()
    page.goto(f"{site.url}/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error()) }")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The passkey was not used.").wait_for()
    sign_in(page, site, "bo@example.com", cast.password)
