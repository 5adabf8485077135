"""What is measured of the nodes of a process, and how it reaches whoever watches."""
