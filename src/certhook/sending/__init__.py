"""Carries requests to the target and answers back. `transport` is the one place that opens a socket."""
