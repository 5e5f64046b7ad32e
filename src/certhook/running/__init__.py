"""A run: which cases there are, the rounds in which they are sent, and what becomes of each."""
