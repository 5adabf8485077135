"""What a process tells those who run it: figures over HTTP, one line a log record."""
