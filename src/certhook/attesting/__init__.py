"""A run's verdict as a signed statement: keys, statement, envelope, and their verification."""
