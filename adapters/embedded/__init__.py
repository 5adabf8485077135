"""The log port inside one process, for one machine with nothing to install."""
