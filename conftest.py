"""Hands the suites to certhook's pytest plugin."""

pytest_plugins = ["certhook.plugin"]
