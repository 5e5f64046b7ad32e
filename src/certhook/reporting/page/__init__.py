"""report.html: a run as one self-contained page, made from its result.json and its journal."""
