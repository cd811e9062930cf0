"""The default clauses in words, with a quote's own terms in them."""

from collections.abc import Mapping

from django.utils.translation import gettext

from milepost.core.clauses import CLAUSES

EXEMPTION = "tax_exempt"


def default_clauses(terms: Mapping[str, object]) -> list[dict[str, str]]:
    """
    Every clause as {code, title, text} in the active language; the late fee's, the returned
    payment's and the early-payment discount's only if there is one.
    """
    return [
        {"code": clause.code, "title": gettext(clause.title), "text": clause.wording(terms, gettext)}
        for clause in CLAUSES.values()
        if _stands(clause.code, terms)
    ]


def _stands(code: str, terms: Mapping[str, object]) -> bool:
    if code == "late_fee":
        return terms["late_fee_monthly"] != "0"
    if code == "returned_payment":
        return bool(terms.get("returned_fee_cents"))
    return code != "early_payment" or bool(terms.get("early_days"))


def reverse_charge_words() -> str:
    """What a document says where the customer owes the tax, unless the business has words of its own."""
    return gettext("Reverse charge: no tax is charged here. The customer owes the tax on this work.")


def exemption_clause(reason: str, number: str, day: str = "") -> dict[str, str]:
    """Why a customer is charged no tax, with the number and the day of their certificate if there are any."""
    words = gettext("No tax is charged: {reason}.").format(reason=reason.strip().rstrip("."))
    if number.strip() and day:
        words += " " + gettext("Exemption number {number} of {day}.").format(number=number.strip(), day=day)
    elif number.strip():
        words += " " + gettext("Exemption number {number}.").format(number=number.strip())
    elif day:
        words += " " + gettext("Exemption certificate of {day}.").format(day=day)
    return {"code": EXEMPTION, "title": gettext("Tax exempt"), "text": words}
