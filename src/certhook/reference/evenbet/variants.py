"""Legal variants of the evenbet target: other choices where the document is open."""
