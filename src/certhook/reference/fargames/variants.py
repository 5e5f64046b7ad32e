"""Legal variants of the fargames target: other choices where the document is open."""
