"""Measurements on a real broker and a real database server, each role in processes of its own."""
