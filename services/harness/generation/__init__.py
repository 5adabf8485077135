"""Makes corpora: people, filings, visits and what happens to them, from a seed."""
