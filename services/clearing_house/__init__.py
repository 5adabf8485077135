"""The clearing house: reports, journal, positions, reconciliation and breaks."""
