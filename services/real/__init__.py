"""A network as it is really run: a broker, a database, every role in processes of its own."""
