"""A recorded exchange, sent again, to see whether its finding still stands."""
