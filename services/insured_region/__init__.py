"""The insured-region node (参保地): members, filings, own policy, accumulators, accounts."""
