"""Faults in what becomes of launchOptions: crashes over texts that are no JSON, or not the JSON that was expected."""
# ruff: noqa: ARG002 - a step takes what an override of it may need

from __future__ import annotations

import json
from collections.abc import Mapping

from certhook.reference.application import Crash, Reply
from certhook.reference.catalogue import fault
from certhook.reference.evenbet.parameters import Parameters
from certhook.reference.evenbet.target import EvenbetTarget


class _LaunchOptions(EvenbetTarget):
    """Reads launchOptions."""

    def admit(self, parameters: Parameters) -> Reply:
        self.check_launch_options(parameters.form)
        return super().admit(parameters)

    def check_launch_options(self, form: Mapping[str, str]) -> None:
        raise NotImplementedError


@fault("launch-options-crash", breaks=["evenbet.robustness.no-server-error"])
class LaunchOptionsCrash(_LaunchOptions):
    """Does not catch what its reader says of launchOptions that are no JSON."""

    def check_launch_options(self, form: Mapping[str, str]) -> None:
        try:
            json.loads(form.get("launchOptions", "{}"))
        except (ValueError, RecursionError) as error:
            raise Crash from error


@fault("launch-options-not-object-crash", breaks=["evenbet.robustness.no-server-error"])
class LaunchOptionsNotObjectCrash(_LaunchOptions):
    """Looks for options in whatever launchOptions hold."""

    def check_launch_options(self, form: Mapping[str, str]) -> None:
        try:
            options = json.loads(form.get("launchOptions", "{}"))
        except (ValueError, RecursionError):
            return
        if not isinstance(options, dict):
            raise Crash


class _ReadsOptions(_LaunchOptions):
    """Goes on with launchOptions that are no JSON, and does something with those that are."""

    def check_launch_options(self, form: Mapping[str, str]) -> None:
        try:
            options = json.loads(form.get("launchOptions", "{}"))
        except (json.JSONDecodeError, RecursionError):
            return
        except ValueError:
            self.too_large()
            return
        self.use(options)

    def too_large(self) -> None:
        return

    def use(self, options: object) -> None:
        return


@fault("launch-options-digits-crash", breaks=["evenbet.robustness.no-server-error"])
class LaunchOptionsDigitsCrash(_ReadsOptions):
    """Catches what its reader says of no JSON, and not what it says of an integer of thousands of digits."""

    def too_large(self) -> None:
        raise Crash


@fault("launch-options-surrogate-crash", breaks=["evenbet.robustness.no-server-error"])
class LaunchOptionsSurrogateCrash(_ReadsOptions):
    """Writes launchOptions to a database that takes UTF-8 only."""

    def use(self, options: object) -> None:
        try:
            json.dumps(options, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise Crash from error


@fault("launch-options-nan-crash", breaks=["evenbet.robustness.no-server-error"])
class LaunchOptionsNanCrash(_ReadsOptions):
    """Writes launchOptions as JSON again, with a writer that is stricter than its reader."""

    def use(self, options: object) -> None:
        if "NaN" in json.dumps(options):
            raise Crash


@fault("return-address-crash", breaks=["evenbet.robustness.no-server-error"])
class ReturnAddressCrash(_ReadsOptions):
    """Takes the address in the launch options for a text."""

    def use(self, options: object) -> None:
        if isinstance(options, dict) and not isinstance(options.get("restoreSessionUrl", ""), str):
            raise Crash
