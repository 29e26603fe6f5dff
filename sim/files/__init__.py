"""Files as located trees: YAML, CSV, text, places, complaints, how they are written; nothing of negotiation."""
