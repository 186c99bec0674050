"""Train the reader and the support score. Nothing here is imported at run time or shipped in the wheel."""
