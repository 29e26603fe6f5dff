"""Whose unknowns make most of the spread?"""
