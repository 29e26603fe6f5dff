"""Findings made by hand, one file a command: every kind, and every way in which its sentence turns."""
