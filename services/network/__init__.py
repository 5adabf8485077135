"""The composition root: all nodes of some regions in one process."""
