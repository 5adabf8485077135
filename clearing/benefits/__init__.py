"""What the insured region pays: rule bundles, adjudication and its explanation."""
