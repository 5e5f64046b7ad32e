"""What people and other programs read after a run; everything here is built from the journal or from result.json."""
