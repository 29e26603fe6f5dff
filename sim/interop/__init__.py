"""Exchange with the formats of the field: Genius XML and GeniusWeb JSON and tables both ways, NegMAS folders out.

A format is a module of its name. All are listed in :mod:`sim.interop.formats`, which says how to add one.
"""
