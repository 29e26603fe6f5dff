"""Every shipped text scored, domain by domain: the document that ``sim library`` writes."""
