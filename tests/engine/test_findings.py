"""Findings: what is shown of an exchange that was not as it should be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from certhook.judging.judge import Judgement
from certhook.running.settling import CaseResult
from certhook.sending.courier import Delivery, Errand
from certhook.values import flaky
from tests.certifying import authenticate, certifying, change
from tests.targets import conformant, serving


def test_what_was_sent_is_named_though_the_target_s_echo_of_it_is_masked(tmp_path: Path) -> None:
    """A wrong signature is masked as every signature is, but the word that it was stays in certhook's own sentence."""
    with serving(conformant) as served, certifying(tmp_path, served.profile()) as certification:
        wrong = change("signature.not-hex:undefined")
        delivery: Delivery = certification.courier.deliver(Errand(authenticate(), wrong, "case"))
        judgement = Judgement("klas.signature.not-hex", "a refusal", "HTTP 200 with undefined", delivery.exchange)
        result = CaseResult((delivery,), (judgement,))
        (outcome,) = certification.outcomes_of(result, f"a valid request, but {wrong.says}")
    assert outcome.finding is not None
    assert outcome.finding.message == "a valid request, but with undefined as its signature"
    assert "undefined" not in outcome.finding.observed


def test_a_long_finding_is_still_seen_to_be_flaky(tmp_path: Path) -> None:
    """That a breach did not come again is not what is cut off where an answer has much to say."""
    with serving(conformant) as served, certifying(tmp_path, served.profile()) as certification:
        delivery = certification.courier.deliver(Errand(authenticate(), change("signature.random"), "case"))
        judgement = Judgement("klas.signature.random", "a refusal", "HTTP 200 with OK" * 99, delivery.exchange)
        for said in (flaky("one" * 99, "other" * 99), flaky("same", "same")):
            outcome = certification.outcome_of(judgement, "a request", said)
            assert outcome.finding is not None
            assert outcome.finding.flaky
            assert len(outcome.finding.observed) < 700
        outcome = certification.outcome_of(judgement, "a request")
    assert outcome.finding is not None
    assert not outcome.finding.flaky


def test_a_secret_is_known_in_the_encoding_in_which_it_was_sent(tmp_path: Path) -> None:
    """What a blocked case quotes of an answer is redacted with what its requests carried in mind."""
    with serving(conformant) as served, certifying(tmp_path, served.profile()) as certification:
        secret = certification.profile.credentials["secret"]
        delivery = certification.courier.deliver(Errand(authenticate(), change("signature.random"), "case"))
        sent = replace(delivery.exchange.request, body=f"secret={secret}".encode("utf-16-le"))
        said = certification.said(f"flaky: first {sent.body!r}", replace(delivery.exchange, request=sent))
    assert repr(secret.encode("utf-16-le"))[2:-1] not in said
    assert "***" in said
