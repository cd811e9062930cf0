"""The default clauses in words, with a quote's own terms in them."""

from collections.abc import Mapping

from django.utils.translation import gettext

from milepost.core.clauses import CLAUSES

EXEMPTION = "tax_exempt"


def default_clauses(terms: Mapping[str, object]) -> list[dict[str, str]]:
    """Every clause as {code, title, text} in the active language; the late fee's only if there is one."""
    return [
        {"code": clause.code, "title": gettext(clause.title), "text": clause.wording(terms, gettext)}
        for clause in CLAUSES.values()
        if clause.code != "late_fee" or terms["late_fee_monthly"] != "0"
    ]


def exemption_clause(reason: str, number: str) -> dict[str, str]:
    """Why a customer is charged no tax, with the number of their certificate if there is one."""
    words = gettext("No tax is charged: {reason}.").format(reason=reason.strip().rstrip("."))
    if number.strip():
        words += " " + gettext("Exemption number {number}.").format(number=number.strip())
    return {"code": EXEMPTION, "title": gettext("Tax exempt"), "text": words}
