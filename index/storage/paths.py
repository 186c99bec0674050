"""The names of what lies at the top of a data folder."""

CATALOG = "catalog.sqlite"
WRITER_LOCK = "writer.lock"
WRITER_SIGN = "writer.json"
