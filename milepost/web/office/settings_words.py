"""The choices of the settings, each in the words of somebody who has to choose."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from milepost.core.countries import COUNTRIES
from milepost.web.show import country_name, locale_name

# Named when they are shown, in the language of whoever reads them then.
_country, _locale = lazy(country_name, str), lazy(locale_name, str)

RECOVERIES = [
    ("off_the_top", _("It comes off every payment in proportion")),
    ("first", _("The first invoices use it up")),
    ("final", _("It is deducted at the end")),
]
DEPOSIT_TAXES = [
    ("on_application", _("None: each invoice for work taxes that work")),
    ("at_deposit", _("Due with the deposit’s invoice")),
    ("at_payment", _("Due when the deposit is paid")),
]
TAX_KINDS = [
    ("rate", _("A tax that you charge")),
    ("reverse_charge", _("Reverse charge: the customer owes it")),
]
TAX_AT = [
    ("contract", _("Its part of the contract’s tax")),
    ("document", _("Its rate on the invoice itself")),
]
TAX_PER = [("code", _("Once, on the sum of its lines")), ("line", _("On every line"))]
TAX_ROUNDING = [("half_up", _("Rounds up")), ("down", _("Falls away"))]
ROLES = [
    ("technician", _("Technician")),
    ("bookkeeper", _("Bookkeeper")),
    ("accountant", _("Accountant, reads only")),
    ("owner", _("Owner")),
]
HOLIDAYS = [("", _("None, only weekends")), *((code, _country(code)) for code in sorted(COUNTRIES))]
LOCALES = [(country.locale, _locale(country.locale)) for country in COUNTRIES.values()]
# What customers read whose country has another language, too.
CUSTOMERS_LOCALES = [*LOCALES, *((tag, _locale(tag)) for tag in ("es-US", "fr-CA", "fr-CH", "it-CH"))]
PAID_BY = [
    ("check", _("Cheque")),
    ("cash", _("Cash")),
    ("transfer", _("Transfer")),
    ("other", _("Other")),
    ("card", _("Card")),
    ("bank", _("Bank")),
]
