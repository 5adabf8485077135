"""What turns the tables of an older version into those of this one."""
