"""Names of the files at the top of a data folder."""

CATALOG = "catalog.sqlite"
WRITER_LOCK = "writer.lock"
WRITER_STATUS = "writer.json"
