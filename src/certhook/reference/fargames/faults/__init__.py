"""The named faults of the fargames target, one module per group of requirements."""
