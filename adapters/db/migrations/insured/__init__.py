"""Migrations of one kind of node, oldest first; see ``adapters.db.migrating``."""
