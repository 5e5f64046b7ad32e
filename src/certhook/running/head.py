"""What is known of a run before anything is sent: the first line of its journal."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from certhook import __version__
from certhook.recording.record import timestamp
from certhook.running.certification import Certification
from certhook.values import Level

_VERSIONED = ("pytest", "hypothesis", "httpx", "jsonschema", "jsonschema-rs", "allure-pytest", "pytest-xdist")


def head_of(certification: Certification) -> dict[str, Any]:
    """The journal's first line: everything about the run but what it finds."""
    setup, profile, pack = certification.setup, certification.profile, certification.pack
    now = datetime.now(UTC)
    return {
        "format": 1,
        "protocol": pack.protocol,
        "document": pack.title,
        "target": profile.url,
        "started": timestamp(now),
        "seed": setup.seed,
        "versions": {"python": ".".join(map(str, sys.version_info[:3]))}
        | {"certhook": __version__}
        | {name: version(name) for name in _VERSIONED},
        "profile": profile.without_secrets(pack.secret_places),
        "pack_digest": pack.digest,
        "require_all": setup.require_all,
        "workers": setup.workers,
        "command": _command(certification),
        "requirements": [
            {
                "id": one.requirement.id,
                "title": one.requirement.title,
                "group": one.requirement.group,
                "level": one.requirement.level.value,
                "basis": one.requirement.basis.value,
                "citation": one.requirement.citation,
                "outcome": one.settled.value if one.settled else None,
                "reason": one.reason,
            }
            for one in certification.selected
        ],
        "waivers": [
            {
                "requirement": waiver.requirement,
                "reason": waiver.reason,
                "owner": waiver.owner,
                "expires": waiver.expires.isoformat(),
                "expired": waiver.expired(now.date()),
            }
            for waiver in profile.waivers
            if waiver.requirement in certification.requirements  # others are not what this run is about
        ],
        "errata": [asdict(one) for one in pack.errata],
        "notices": [one["says"] for one in pack.notices if _applies(one, profile.url)]
        + [*profile.route.notices, *_lowered(certification), *_left_out(certification)],
    }


def _command(certification: Certification) -> str:
    """The command without secrets. Its own words stay, whatever a secret may be: a run is done again by it."""
    own = {"certhook", "run", "pytest", "suites", certification.pack.protocol}
    words = shlex.split(certification.setup.command)
    return shlex.join(
        word if word in own or word.startswith("--") else certification.redactor.text(word) for word in words
    )


def _left_out(certification: Certification) -> list[str]:
    """A certificate of some requirements must not pass for one of all."""
    selected, all_of_them = len(certification.selected), len(certification.pack.requirements)
    if selected == all_of_them:
        return []
    return [f"only {selected} of {all_of_them} requirements {'was' if selected == 1 else 'were'} selected"]


def _lowered(certification: Certification) -> list[str]:
    """Nor must one by which something only should be met pass for one by which it must."""
    pack = certification.pack
    ids = [
        one.requirement.id
        for one in certification.selected
        if one.requirement.level is Level.SHOULD and pack.requirement(one.requirement.id).level is Level.MUST
    ]
    return [f"a MUST that this profile lowers to a SHOULD: {id}" for id in ids]


def _applies(notice: Any, url: str) -> bool:
    return notice.get("when", "always") == "always" or not url.lower().startswith("https:")
