"""certhook: conformance tests for signed casino integration endpoints."""

__version__ = "0.1.0"
