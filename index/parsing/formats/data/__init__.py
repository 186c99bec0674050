"""Parse files of data: tables, YAML, JSON, TOML, exported chats."""
