"""The domain of remote-care settlement: pure, without I/O, clock or environment."""
