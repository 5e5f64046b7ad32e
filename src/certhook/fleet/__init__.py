"""Every operator, every night: one run each, on one machine or many, and what changed since the night before."""
