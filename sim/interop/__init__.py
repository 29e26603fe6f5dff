"""Exchange with the formats of the field: Genius XML and GeniusWeb JSON both ways, NegMAS scenario folders out."""
