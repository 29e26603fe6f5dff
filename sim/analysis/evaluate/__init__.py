"""A table of samples in, a table of outcomes out."""
