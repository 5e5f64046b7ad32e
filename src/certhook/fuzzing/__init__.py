"""Bodies that nobody thought of: Hypothesis explores from valid requests outward."""
