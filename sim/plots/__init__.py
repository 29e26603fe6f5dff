"""Figures, one module a kind; matplotlib is imported only when one is drawn."""
