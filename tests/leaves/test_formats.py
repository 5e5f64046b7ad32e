"""Formats: what fits and what does not."""

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certhook import formats
from certhook.formats import FORMATS, misfit
from certhook.validation import fits

steady = settings(derandomize=True, deadline=None, max_examples=200)

FITTING = {
    "iso-4217": ["EUR", "USD", "RUB", "JPY", "XXX", "XCG", "ZWG", "SLE"],
    "iso-4217-ever": ["EUR", "DEM", "BGN", "HRK", "ZWL", "ANG", "XCG"],
    "iso-3166-1-alpha-2-ever": ["DE", "ES", "SU", "YU", "CS", "AN"],
    "iso-3166-1-alpha-2": ["DE", "ES", "GB", "US", "AX", "ZW"],
    "http-url": [
        "http://a",
        "https://host.example/path?x=1#y",
        "HTTPS://HOST",
        "http://127.0.0.1:8080/",
        "http://[::1]:80/",
        "https://пример.example/ж?ф=я",
        "https://u:p@host/",
        "http://a/{x}|y",
    ],
    "date": ["2027-01-31", "2024-02-29", "2000-02-29", "0000-01-01"],
    "date-time": [
        "2024-01-01T00:00:00Z",
        "2024-02-29t23:59:59z",
        "2024-01-01T00:00:00.1Z",
        "2024-01-01T00:00:00.123456789012Z",
        "2024-01-01T00:00:00+23:59",
        "2024-01-01T00:00:00-00:00",
        "1990-12-31T23:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "2017-01-01T05:29:60.5+05:30",
    ],
    "date-time-utc-ms": ["2024-01-01T00:00:00.000Z", "2024-12-31T23:59:59.999Z", "1990-12-31t23:59:60.000z"],
    "decimal-text": ["0", "30", "-1.5", "+2", "0.00", ".5", "30.", "00012", "9" * 400],
}
NOT_FITTING = {
    "iso-4217": ["DEM", "BGN", "XYZ", "CNH", "eur", "EURO", "EU", "", "EUR ", "EUR\n", "978", "\u0415UR"],
    "iso-4217-ever": ["XYZ", "CNH", "dem", "Eur", "", "EURX", " EUR", "EUR\n", "BTC"],
    "iso-3166-1-alpha-2-ever": ["de", "UK", "EU", "XK", "XX", "DEU", "D", "", "SU\n"],
    "iso-3166-1-alpha-2": ["de", "UK", "EU", "XK", "XX", "DEU", "D", "", "DE\n", "SU"],
    "http-url": [
        "",
        "a",
        "/a",
        "//host/a",
        "http:",
        "http:a",
        "http://",
        "http:///path",
        "http://:80/",
        "http://user@/",
        "ftp://host/",
        "javascript:alert(1)",
        "http://a b/",
        "http://a/b c",
        "http://a\n",
        " http://a",
        "http://a/\x00",
        "http://a/\x7f",
        "http://a/\u00a0",
        "http://a:port/",
        "http://a:65536/",
        "http://a:0/",
        "http://[::1/",
        "http://[x]/",
        "http://a\\b/",
        "http:\\\\a",
        "http://{host}/",
    ],
    "date": [
        "2027-02-30",
        "2023-02-29",
        "1900-02-29",
        "2027-13-01",
        "2027-00-01",
        "2027-01-00",
        "27-01-01",
        "20270101",
    ],
    "date-time": [
        "",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01T00:00Z",
        "2024-01-01T00:00:00,5Z",
        "2024-01-01T00:00:00.Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:61Z",
        "2024-01-01T12:00:60Z",
        "1990-12-31T23:59:60+01:00",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00+00:60",
        "2024-01-01T00:00:00+0000",
        "2024-01-01T00:00:00+00",
        "2024-01-01T00:00:00ZZ",
        "2024-01-01T00:00:00Z\n",
        "2023-02-29T00:00:00Z",
        "2024-1-1T00:00:00Z",
        "-2024-01-01T00:00:00Z",
        "12024-01-01T00:00:00Z",
        "\u0662\u0660\u0662\u0664-01-01T00:00:00Z",
        "1640995200",
    ],
    "date-time-utc-ms": [
        "2024-01-01T00:00:00Z",
        "2024-01-01T00:00:00.00Z",
        "2024-01-01T00:00:00.0000Z",
        "2024-01-01T00:00:00.000+00:00",
        "2024-13-01T00:00:00.000Z",
        "x.000Z",
        "2024-01-01T00:00:00.000Z\n",
    ],
    "decimal-text": [
        "",
        ".",
        "-",
        "+",
        "1e3",
        "1,000",
        "1 000",
        " 1",
        "1 ",
        "1\n",
        "1.2.3",
        "--1",
        "€1",
        "NaN",
        "0x1",
        "\u0661",
        "1_0",
    ],
}


def cases(table: dict[str, list[str]]) -> pytest.MarkDecorator:
    """One test per format and text."""
    return pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in table.items() for text in texts])


@cases(FITTING)
def test_fitting_text_is_valid(name: str, text: str) -> None:
    """A schema lets a text pass that its format allows."""
    assert fits({"format": name}, text)


@cases(NOT_FITTING)
def test_other_text_is_not_valid(name: str, text: str) -> None:
    """A schema refuses a text that its format does not allow."""
    assert not fits({"format": name}, text)


def test_every_format_has_cases() -> None:
    """No format stands untested."""
    assert FITTING.keys() == NOT_FITTING.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}])
def test_formats_say_nothing_of_other_types(name: str, value: Any) -> None:
    """A value that is not text is the business of `type`."""
    assert fits({"format": name}, value)


@pytest.mark.parametrize("name", FORMATS)
@steady
@given(text=st.text())
def test_formats_never_fail(name: str, text: str) -> None:
    """Every text fits or does not, and no format raises."""
    assert FORMATS[name](text) in {True, False}


@steady
@given(st.datetimes(), st.integers(-1439, 1439))
def test_moments_of_the_library_fit(moment: datetime, offset: int) -> None:
    """What the standard library writes with an offset is a date-time, and its day a date."""
    text = moment.replace(tzinfo=timezone(timedelta(minutes=offset))).isoformat()
    assert formats.is_date_time(text)
    assert formats.is_date(text[:10])


@steady
@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_plain_decimals_fit(number: object) -> None:
    """A decimal number written without an exponent is decimal text."""
    assert formats.is_decimal_text(f"{number:f}")


def test_currencies_of_today_were_ever_assigned() -> None:
    """The longer list holds the shorter one."""
    assert all(formats.was_ever_currency(code) for code in formats._current_currencies())


def test_start_up_needs_no_list_of_currencies() -> None:
    """The libraries behind the formats are imported when a format is used, not before."""
    code = "import sys, certhook.formats; print({'pycountry', 'babel'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("http://a/?lang=b c", "has a space (U+0020) in it, which a URL may carry only percent-encoded (%20)"),
        ("http://a/?lang=\0", "has a U+0000 in it, which a URL may carry only percent-encoded (%00)"),
        ("http://a/\u2028", "has a U+2028 in it, which a URL may carry only percent-encoded (%E2%80%A8)"),
        (" http://a/", "is not an absolute http or https URL: it begins with white space"),
        ("/lobby?lang=b c", "is not an absolute http or https URL: it has no scheme"),
        ("/lobby", "is not an absolute http or https URL: it has no scheme"),
        ("ftp://a/", "is not an absolute http or https URL: its scheme is not http or https"),
        ("http:///lobby", "is not an absolute http or https URL: it has no host"),
        ("http://a:port/", "is not an absolute http or https URL: its port is none"),
        ("http://a:0/", "is not an absolute http or https URL: its port is none"),
        ("http://[a/", "is not an absolute http or https URL: its host is none"),
        ("http://<a>/", "is not an absolute http or https URL: its host has a character that no host has"),
    ],
)
def test_a_url_that_only_lacks_an_escape_is_told_which(text: str, says: str) -> None:
    """Who wrote it need not look for a character that cannot be seen; what is no URL anyway is said to be none."""
    assert not FORMATS["http-url"](text)
    assert misfit("http-url", text) == says
