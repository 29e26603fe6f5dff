"""Who does the work: jobs in blocks, one core or many machines; what is kept of it, and whether workers agree."""
