"""From the bytes of an answer, and of the request, to what they say of each requirement. No I/O."""
