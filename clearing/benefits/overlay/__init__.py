"""What-if: tables changed as data, laid over the rules of regions."""
