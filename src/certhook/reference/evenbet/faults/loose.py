"""Faults that take a value for one that is allowed, which it only resembles."""

from __future__ import annotations

import re
from collections.abc import Mapping

from certhook.reference.application import Refusal
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import AUTH_TYPE, EvenbetTarget


@fault("auth-type-line-matched", breaks=["evenbet.parameters.auth-type-whole"])
class AuthTypeLineMatched(EvenbetTarget):
    """Matches authType with an expression whose end may be that of a line."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if not re.search(r"^(internal|external)$", form.get("authType", "external")):
            raise Refusal(AUTH_TYPE, 422)


@fault("auth-type-cut-at-nul", breaks=["evenbet.parameters.auth-type-whole"])
class AuthTypeCutAtNul(EvenbetTarget):
    """Hands authType on to a library that reads up to a NUL."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        super().check_auth_type({"authType": form.get("authType", "external").split("\0")[0]})


@fault("auth-type-by-number", breaks=["evenbet.parameters.auth-type"])
class AuthTypeByNumber(EvenbetTarget):
    """Binds authType to an enumeration, whose members have numbers, too."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        if form.get("authType") not in {"0", "1"}:
            super().check_auth_type(form)


@fault("auth-type-part", breaks=["evenbet.parameters.auth-type"], also=["evenbet.malformed.auth-type"])
class AuthTypePart(EvenbetTarget):
    """Looks whether a listed authType holds what came."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        given = form.get("authType", "external")
        super().check_auth_type({"authType": next((one for one in self.auth_types if given in one), given)})


@fault("auth-type-part-of-list", breaks=["evenbet.parameters.auth-type"], also=["evenbet.malformed.auth-type"])
class AuthTypePartOfList(EvenbetTarget):
    """Looks whether what came stands anywhere in the text that lists the authTypes."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        given, listed = form.get("authType", "external"), ",".join(self.auth_types)
        if given not in listed:
            raise Refusal(AUTH_TYPE, 422)


@fault("auth-type-case-ignored", breaks=["evenbet.parameters.auth-type-case"])
class AuthTypeCaseIgnored(EvenbetTarget):
    """Compares authType without regard to case."""

    def check_auth_type(self, form: Mapping[str, str]) -> None:
        super().check_auth_type({"authType": form.get("authType", "external").lower()})


@fault("currency-small-unchecked", breaks=["evenbet.parameters.currency-misshapen"])
class CurrencySmallUnchecked(EvenbetTarget):
    """Takes small letters for a currency of play money, which it does not look up."""

    def check_configured(self, currency: str) -> None:
        if not currency.islower():
            super().check_configured(currency)


@fault("currency-cut", breaks=["evenbet.parameters.currency-misshapen"])
class CurrencyCut(EvenbetTarget):
    """Keeps a currency in a column of three letters, and looks for what stands there."""

    def check_configured(self, currency: str) -> None:
        super().check_configured(currency[:3])


@fault("currency-begun", breaks=["evenbet.parameters.currency-misshapen"])
class CurrencyBegun(EvenbetTarget):
    """Looks for a currency that begins with what came."""

    def check_configured(self, currency: str) -> None:
        found = (one for one in self.currencies if one.startswith(currency))
        super().check_configured(next(found, currency))


@fault("currency-number-unchecked", breaks=["evenbet.parameters.currency-misshapen"])
class CurrencyNumberUnchecked(EvenbetTarget):
    """Takes digits for the number of a currency in its own table, and does not look there."""

    def check_configured(self, currency: str) -> None:
        if not currency.isdecimal():
            super().check_configured(currency)


@fault("currency-by-pattern", breaks=["evenbet.parameters.currency-misshapen"])
class CurrencyByPattern(EvenbetTarget):
    """Looks for a currency with a pattern of its database, in which % stands for any text."""

    def check_configured(self, currency: str) -> None:
        super().check_configured("EUR" if currency == "%" else currency)


@fault("client-inherited", breaks=["evenbet.parameters.client-unknown"])
class ClientInherited(EvenbetTarget):
    """Looks for a casino in an object of its language, which has more names than its own."""

    def check_client(self, parameters: Parameters) -> None:
        if parameters.query.get("clientId") != "constructor":
            super().check_client(parameters)
