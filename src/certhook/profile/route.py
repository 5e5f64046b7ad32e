"""How a target is reached: whom its certificate must come from, and the proxy in between."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from certhook.formats import is_http_url

FROM_ENVIRONMENT = "env"


class Impassable(Exception):
    """A route that cannot be taken: `key` says which word of it is wrong; the message, why."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key = key


@dataclass(frozen=True, slots=True)
class Route:
    """The way to a target. Left alone, it is the direct one, and certificates are checked against the system's CAs.

    `ca_file` is a file of CA certificates in PEM that are trusted in the place of the system's; `insecure`: any
    certificate is taken; `proxy` is the URL of an HTTP proxy, its user and password in it.
    """

    ca_file: str | None = None
    insecure: bool = False
    proxy: str | None = None

    @classmethod
    def of(cls, target: Mapping[str, Any], folder: Path) -> Route:
        """The route that a profile's `[target]` asks for; its file is relative to `folder`. Raises Impassable."""
        ca_file = str(folder / target["ca_file"]) if "ca_file" in target else None
        route = cls(ca_file, target.get("insecure", False), _proxy(target.get("proxy"), target.get("url", "")))
        if ca_file:
            route.trust()
        return route

    def trust(self) -> ssl.SSLContext:
        """What a TLS connection to the target is checked by. Raises Impassable where `ca_file` cannot be used."""
        try:
            return _context(self.ca_file, self.insecure)
        except ssl.SSLError:
            raise Impassable("ca_file", f"{self.ca_file} holds no CA certificate in PEM") from None
        except OSError as error:
            raise Impassable("ca_file", f"{self.ca_file} cannot be read: {error.strerror}") from None
        except ValueError:
            raise Impassable("ca_file", "is not a path") from None

    @property
    def proxy_address(self) -> str | None:
        """The proxy without user and password."""
        if self.proxy is None:
            return None
        parts = urlsplit(self.proxy)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The proxy's password, as it is and as its URL spells it."""
        password = (urlsplit(self.proxy).password if self.proxy else None) or ""
        return tuple(filter(None, dict.fromkeys((password, unquote(password)))))

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader of the verdict has to know of the way that it was come by."""
        says = {
            "certificates of the target were not verified (insecure)": self.insecure,
            "the target's certificate was checked against a CA file, not against the system's CAs": self.ca_file,
            f"requests went through the proxy {self.proxy_address}": self.proxy,
        }
        return tuple(text for text, holds in says.items() if holds)


@lru_cache(maxsize=4)
def _context(ca_file: str | None, insecure: bool) -> ssl.SSLContext:  # noqa: FBT001 - a key, in a private function
    """Kept, since reading the system's CAs takes longer than a request, and a run opens many connections."""
    context = ssl.create_default_context(cafile=ca_file)
    # From Python 3.13 on it would refuse the certificates of many a private CA, for how they are written.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _proxy(wanted: str | None, url: str) -> str | None:
    """The proxy that was asked for; `env`: the one that the environment names for such a URL. Raises Impassable."""
    if wanted == FROM_ENVIRONMENT:
        wanted = _environment_s(url)
    if wanted is not None and not is_http_url(wanted):
        raise Impassable("proxy", "must be the http or https URL of a proxy, or 'env'")
    return wanted


def _environment_s(url: str) -> str | None:
    """None where its no_proxy excepts the target. Raises Impassable where it names no proxy."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    # An IPv6 address stands in no_proxy with brackets or without.
    if any(proxy_bypass(f"{host}:{port}") for host in (parts.hostname, f"[{parts.hostname}]")):
        return None
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    if found is None:
        raise Impassable("proxy", f"is {FROM_ENVIRONMENT!r}, and {parts.scheme}_proxy is not set")
    return found
