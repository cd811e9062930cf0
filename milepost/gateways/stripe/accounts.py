"""Whose a Stripe account is, what it may take, and how one is connected to a platform's."""

from collections.abc import Mapping
from typing import Any

import stripe

from milepost.gateways.payments import AccountTruth
from milepost.gateways.stripe.answers import answers

LIVE_KEYS = ("sk_live_", "rk_live_")


def is_live_key(secret_key: str) -> bool:
    """
    Whether real money moves under a key: Stripe writes that into it.

    >>> is_live_key("sk_live_abc"), is_live_key("rk_test_abc")
    (True, False)
    """
    return secret_key.startswith(LIVE_KEYS)


def read_account(account: dict[str, Any], *, is_live: bool) -> AccountTruth:
    """An account in our words. Accounts older than capabilities say only whether they may charge."""
    can = account.get("capabilities") or {}
    charges = bool(account.get("charges_enabled"))
    return AccountTruth(
        account_ref=account["id"],
        name=_name(account),
        is_live=is_live,
        takes_card=charges and can.get("card_payments", "active") == "active",
        takes_bank=charges and can.get("us_bank_account_ach_payments") == "active",
    )


def _name(account: dict[str, Any]) -> str:
    profile, settings = account.get("business_profile") or {}, account.get("settings") or {}
    shown = (settings.get("dashboard") or {}).get("display_name")
    return str(profile.get("name") or shown or account.get("email") or account["id"])


class StripePlatform:
    """A Stripe platform: it opens accounts for others, who fill them in at Stripe's own pages."""

    def __init__(self, *, secret_key: str, api_base: str | None = None) -> None:
        self._client = stripe.StripeClient(
            secret_key, base_addresses={"api": api_base.rstrip("/")} if api_base else None
        )

    def __repr__(self) -> str:
        return "<StripePlatform>"

    def open_account(self, *, name: str, email: str, country: str, metadata: Mapping[str, str]) -> str:
        """As the interface says. The account is its owner's own: they see all of it at Stripe."""
        made = "-".join(metadata.values())
        params: dict[str, Any] = {
            "type": "standard",
            "country": country,
            "business_profile": {"name": name},
            "metadata": dict(metadata),
        }
        if email:
            params["email"] = email
        with answers():
            account = self._client.v1.accounts.create(
                params=params,  # type: ignore[arg-type]
                options={"idempotency_key": f"milepost-account-{made}"},
            )
        return str(account.id)

    def onboarding_url(self, account_ref: str, *, back_url: str, again_url: str) -> str:
        """As the interface says."""
        with answers():
            link = self._client.v1.account_links.create(
                params={
                    "account": account_ref,
                    "return_url": back_url,
                    "refresh_url": again_url,
                    "type": "account_onboarding",
                }
            )
        return str(link.url)
