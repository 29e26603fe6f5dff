"""Analyses as text: one module an analysis turns its result into a page and into tidy rows."""
