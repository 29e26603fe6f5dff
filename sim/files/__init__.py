"""Files as located trees: YAML, CSV and text, places and complaints, and how they are written; nothing of
negotiation."""
