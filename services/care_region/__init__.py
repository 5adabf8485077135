"""The care-region node (就医地): visits, fee lines, the counter, its own catalogue."""
