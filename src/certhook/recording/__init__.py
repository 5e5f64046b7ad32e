"""What a run leaves: the journal as it happens, without secrets, and result.json made of it."""
