"""A bundle's life: acts, publications, and what a publication changes of the past."""
