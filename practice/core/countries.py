"""Countries that a practice can be in, with the number that people there dial in an emergency."""

from django.utils.translation import gettext_lazy as _

#: What works from any mobile phone in most of the world (ITU-T E.161.1).
ANYWHERE = "112"

#: ISO 3166 code -> (name, the number that local people know). 112 where the national number is the same.
COUNTRIES = {
    "AR": (_("Argentina"), "911"),
    "AU": (_("Australia"), "000"),
    "AT": (_("Austria"), "112"),
    "BE": (_("Belgium"), "112"),
    "BR": (_("Brazil"), "192"),
    "BG": (_("Bulgaria"), "112"),
    "CA": (_("Canada"), "911"),
    "CL": (_("Chile"), "131"),
    "CN": (_("China"), "120"),
    "HR": (_("Croatia"), "112"),
    "CY": (_("Cyprus"), "112"),
    "CZ": (_("Czechia"), "112"),
    "DK": (_("Denmark"), "112"),
    "EE": (_("Estonia"), "112"),
    "FI": (_("Finland"), "112"),
    "FR": (_("France"), "112"),
    "DE": (_("Germany"), "112"),
    "GR": (_("Greece"), "112"),
    "HK": (_("Hong Kong"), "999"),
    "HU": (_("Hungary"), "112"),
    "IS": (_("Iceland"), "112"),
    "IN": (_("India"), "112"),
    "IE": (_("Ireland"), "112"),
    "IL": (_("Israel"), "101"),
    "IT": (_("Italy"), "112"),
    "JP": (_("Japan"), "119"),
    "LV": (_("Latvia"), "112"),
    "LT": (_("Lithuania"), "112"),
    "LU": (_("Luxembourg"), "112"),
    "MY": (_("Malaysia"), "999"),
    "MT": (_("Malta"), "112"),
    "MX": (_("Mexico"), "911"),
    "NL": (_("Netherlands"), "112"),
    "NZ": (_("New Zealand"), "111"),
    "NO": (_("Norway"), "113"),
    "PL": (_("Poland"), "112"),
    "PT": (_("Portugal"), "112"),
    "RO": (_("Romania"), "112"),
    "SG": (_("Singapore"), "995"),
    "SK": (_("Slovakia"), "112"),
    "SI": (_("Slovenia"), "112"),
    "ZA": (_("South Africa"), "112"),
    "KR": (_("South Korea"), "119"),
    "ES": (_("Spain"), "112"),
    "SE": (_("Sweden"), "112"),
    "CH": (_("Switzerland"), "112"),
    "TW": (_("Taiwan"), "119"),
    "TR": (_("Turkey"), "112"),
    "UA": (_("Ukraine"), "112"),
    "AE": (_("United Arab Emirates"), "998"),
    "GB": (_("United Kingdom"), "999"),
    "US": (_("United States"), "911"),
}


def country_choices() -> list[tuple[str, str]]:
    return sorted(((code, str(name)) for code, (name, _number) in COUNTRIES.items()), key=lambda choice: choice[1])


def usual_emergency_number(country: str) -> str:
    return COUNTRIES[country][1] if country in COUNTRIES else ANYWHERE
