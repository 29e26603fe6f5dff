"""Preference profiles drawn and packages judged: draws, values and weights, gains, lines, consent, the polls."""
