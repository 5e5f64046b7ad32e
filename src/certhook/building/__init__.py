"""Makes valid requests from a profile: fields, encoded, signed, with fresh times and ids."""
