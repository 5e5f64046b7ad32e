"""certificate.json of a finished run: what its journal says, signed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certhook.attesting.envelope import sealed
from certhook.attesting.reading import first_bytes
from certhook.attesting.statement import MEDIA_TYPE, canonical, read_statement, statement_of
from certhook.errors import UsageError
from certhook.recording.file_names import CERTIFICATE_NAME, JOURNAL_NAME, RESULT_NAME
from certhook.recording.journal import as_written
from certhook.recording.results import result_bytes, result_of
from certhook.recording.wholefile import write_whole
from certhook.values import Verdict


@dataclass(frozen=True, slots=True)
class Certificate:
    """The bytes of a run's certificate.json, where they belong, and the verdict that they state."""

    path: Path
    verdict: Verdict
    data: bytes

    def write(self) -> None:
        write_whole(self.path, self.data)


def certificate_of(folder: Path, key: Ed25519PrivateKey) -> Certificate:
    """Make the certificate of a run's folder; nothing is written.

    The verdict is worked out anew from the journal, so that no edited result.json is ever signed. Raises UsageError
    where the two disagree, or one of them cannot be read.
    """
    journal, path = folder / JOURNAL_NAME, folder / RESULT_NAME
    with as_written(journal):
        result = result_of(journal)
        written = result_bytes(result)
        payload = canonical(statement_of(result, written))
        read_statement(payload)  # what could not be verified is not signed
    if first_bytes(path, len(written) + 1) != written:
        raise UsageError(f"{path}: is not what {JOURNAL_NAME} beside it comes to; it was edited, or is another run's")
    return Certificate(folder / CERTIFICATE_NAME, Verdict(result["verdict"]), sealed(payload, MEDIA_TYPE, key))
