"""What a business in a country starts with; every value can be changed later."""

from typing import NamedTuple


class CountryDefaults(NamedTuple):
    """Currency, time zone, locale and holiday calendar of a country's businesses."""

    currency: str
    timezone: str
    locale: str
    holidays: str


COUNTRIES: dict[str, CountryDefaults] = {
    "US": CountryDefaults("USD", "America/Chicago", "en-US", "US"),
    "CA": CountryDefaults("CAD", "America/Toronto", "en-CA", "CA"),
    "GB": CountryDefaults("GBP", "Europe/London", "en-GB", "GB"),
    "IE": CountryDefaults("EUR", "Europe/Dublin", "en-IE", "IE"),
    "AU": CountryDefaults("AUD", "Australia/Sydney", "en-AU", "AU"),
    "NZ": CountryDefaults("NZD", "Pacific/Auckland", "en-NZ", "NZ"),
    "DE": CountryDefaults("EUR", "Europe/Berlin", "de-DE", "DE"),
    "AT": CountryDefaults("EUR", "Europe/Vienna", "de-AT", "AT"),
    "CH": CountryDefaults("CHF", "Europe/Zurich", "de-CH", "CH"),
    "FR": CountryDefaults("EUR", "Europe/Paris", "fr-FR", "FR"),
    "NL": CountryDefaults("EUR", "Europe/Amsterdam", "nl-NL", "NL"),
    "ES": CountryDefaults("EUR", "Europe/Madrid", "es-ES", "ES"),
    "IT": CountryDefaults("EUR", "Europe/Rome", "it-IT", "IT"),
    "SE": CountryDefaults("SEK", "Europe/Stockholm", "sv-SE", "SE"),
    "JP": CountryDefaults("JPY", "Asia/Tokyo", "ja-JP", "JP"),
}


def defaults_for(country: str) -> CountryDefaults:
    """
    The defaults of a country; an unknown one is treated like the United States.

    >>> defaults_for("gb").currency, defaults_for("XX").currency
    ('GBP', 'USD')
    """
    return COUNTRIES.get(country.upper(), COUNTRIES["US"])
