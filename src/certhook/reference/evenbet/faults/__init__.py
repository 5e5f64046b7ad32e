"""The named faults of the evenbet target, one module per group of requirements."""
