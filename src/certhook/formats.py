"""The formats that this project's JSON Schemas name.

| format               | text that fits                                                                            |
|----------------------|-------------------------------------------------------------------------------------------|
| `iso-4217`           | an alphabetic currency code that is assigned today, in upper case                         |
| `iso-4217-ever`      | ... or that was once assigned and has been withdrawn                                      |
| `iso-3166-1-alpha-2` | an assigned two-letter country code, in upper case                                        |
| `iso-3166-1-alpha-2-ever` | ... or one that was withdrawn (ISO 3166-3)                                           |
| `http-url`           | an absolute http or https URL with a host, without spaces and control characters          |
| `date`               | RFC 3339 § 5.6 full-date                                                                  |
| `date-time`          | RFC 3339 § 5.6 date-time                                                                  |
| `date-time-utc-ms`   | ... in UTC, written with Z, with three digits of a second's fraction                      |
| `decimal-text`       | digits with an optional sign and fraction; ".5" and "30." are tolerated                   |

Formats say nothing of values that are not text; `type` does. The libraries behind them are imported when first needed.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit

_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_FULL_DATE = re.compile(_DATE)
_DATE_TIME = re.compile(
    _DATE + r"[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_UTC_MILLISECONDS = re.compile(r".*[0-9]\.[0-9]{3}[Zz]", re.DOTALL)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")
_NOT_IN_HOST = re.compile(r'[\\<>"{}|^`]')
_MINUTES_OF_DAY = 24 * 60

# The one code in use that CLDR lists and ISO 4217 never assigned: the renminbi as traded offshore.
_NEVER_ASSIGNED = frozenset({"CNH"})
# Of two copies of the list either may be the newer one. A code that only CLDR has is newly assigned if it has been
# tender since this year and still is; an older one is rather a withdrawal that CLDR has not heard of.
_NEWLY_ASSIGNED_SINCE = 2020


def is_currency(text: str) -> bool:
    """Whether the text is an alphabetic code that ISO 4217 assigns today."""
    return text in _current_currencies()


def was_ever_currency(text: str) -> bool:
    """Whether the text is an alphabetic code that ISO 4217 assigns or has withdrawn (its lists one and three)."""
    return text in _current_currencies() or text in _listed_currencies()


def is_country(text: str) -> bool:
    """Whether the text is a two-letter code that ISO 3166-1 assigns."""
    return text in _countries()


def was_ever_country(text: str) -> bool:
    """Whether the text is a two-letter code that ISO 3166-1 assigns or has withdrawn (ISO 3166-3)."""
    return text in _countries() or text in _former_countries()


def is_http_url(text: str) -> bool:
    """Whether the text is an absolute http or https URL with a host (RFC 3986 § 4.3).

    Characters beyond ASCII are let through, for browsers take them, but no white space and no control characters.
    """
    if _NOT_IN_URL.search(text):
        return False
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and port != 0 and bool(host) and not _NOT_IN_HOST.search(parts.netloc)


def is_date(text: str) -> bool:
    """Whether the text is a date of the calendar (RFC 3339 § 5.6, full-date)."""
    match = _FULL_DATE.fullmatch(text)
    return match is not None and _in_calendar(*match.groups())


def is_date_time(text: str) -> bool:
    """Whether the text is a moment (RFC 3339 § 5.6). A 61st second is one only at the end of a day of UTC (§ 5.7)."""
    match = _DATE_TIME.fullmatch(text)
    if match is None or not _in_calendar(*match.group(1, 2, 3)):
        return False
    hour, minute, second, offset_hour, offset_minute = (int(part or 0) for part in match.group(4, 5, 6, 8, 9))
    if hour > 23 or minute > 59 or second > 60 or offset_hour > 23 or offset_minute > 59:
        return False
    offset = (offset_hour * 60 + offset_minute) * (-1 if match[7] == "-" else 1)
    return second < 60 or (hour * 60 + minute - offset) % _MINUTES_OF_DAY == _MINUTES_OF_DAY - 1


def is_utc_milliseconds(text: str) -> bool:
    """Whether the text is a moment in UTC, ending in Z, with milliseconds."""
    return _UTC_MILLISECONDS.fullmatch(text) is not None and is_date_time(text)


def is_decimal_text(text: str) -> bool:
    """Whether the text is a plain decimal number: no exponent, separator, white space or currency sign."""
    return _DECIMAL.fullmatch(text) is not None


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "iso-4217": is_currency,
    "iso-4217-ever": was_ever_currency,
    "iso-3166-1-alpha-2": is_country,
    "iso-3166-1-alpha-2-ever": was_ever_country,
    "http-url": is_http_url,
    "date": is_date,
    "date-time": is_date_time,
    "date-time-utc-ms": is_utc_milliseconds,
    "decimal-text": is_decimal_text,
}


def misfit(format: str, value: object) -> str:
    r"""What is wrong with a value that is not of that format, to follow the value in a finding.

    >>> misfit("date", "May")
    'is not a date (RFC 3339)'
    >>> misfit("http-url", "http://a/?b=\0")
    'has a U+0000 in it, which a URL may carry only percent-encoded (%00)'
    """
    barred = _NOT_IN_URL.search(value) if format == "http-url" and isinstance(value, str) else None
    if barred is None or not is_http_url(_NOT_IN_URL.sub(lambda match: quote(match[0]), str(value))):
        why = _lacking_in_url(value) if format == "http-url" and isinstance(value, str) else ""
        return f"is not {_IN_WORDS[format]}{why}"
    code = f"U+{ord(barred[0]):04X}"
    named = f"space ({code})" if barred[0] == " " else code
    return f"has a {named} in it, which a URL may carry only percent-encoded ({quote(barred[0])})"


def _lacking_in_url(text: str) -> str:
    """Why a text is no absolute URL, without any of the text: it may be secret."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return ": its host is none"
    if _NOT_IN_URL.match(text):
        return ": it begins with white space"
    if not parts.scheme:
        return ": it has no scheme"
    if parts.scheme not in {"http", "https"}:
        return ": its scheme is not http or https"
    if not host:
        return ": it has no host"
    return ": its port is none" if _has_bad_port(parts) else ": its host has a character that no host has"


def _has_bad_port(parts: SplitResult) -> bool:
    try:
        return parts.port == 0
    except ValueError:
        return True


_IN_WORDS: Mapping[str, str] = {
    "iso-4217": "a currency code of ISO 4217 that is in use",
    "iso-4217-ever": "a currency code of ISO 4217",
    "iso-3166-1-alpha-2": "a country code of ISO 3166-1 that is in use",
    "iso-3166-1-alpha-2-ever": "a two-letter country code of ISO 3166-1",
    "http-url": "an absolute http or https URL",
    "date": "a date (RFC 3339)",
    "date-time": "a date and time (RFC 3339)",
    "date-time-utc-ms": "a time in UTC with Z and three digits of milliseconds",
    "decimal-text": "a plain decimal number",
}
"""The formats as a finding names them."""


def _in_calendar(year: str, month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]


@lru_cache(maxsize=1)
def _current_currencies() -> frozenset[str]:
    import pycountry

    return frozenset(currency.alpha_3 for currency in pycountry.currencies) | _newly_assigned()


def _newly_assigned() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(
        code
        for periods in get_global("territory_currencies").values()
        for code, start, end, tender in periods
        if tender and end is None and start and start[0] >= _NEWLY_ASSIGNED_SINCE
    )


@lru_cache(maxsize=1)
def _listed_currencies() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(get_global("all_currencies")) - _NEVER_ASSIGNED


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    import pycountry

    return frozenset(country.alpha_2 for country in pycountry.countries)


@lru_cache(maxsize=1)
def _former_countries() -> frozenset[str]:
    import pycountry

    return frozenset(country.alpha_2 for country in pycountry.historic_countries)
