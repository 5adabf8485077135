"""The store port over SQL databases; ``sqlite`` holds all that is special about one."""
