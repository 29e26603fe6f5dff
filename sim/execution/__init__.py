"""Who does the work: jobs in blocks, one core or many, another machine; what is kept of it, and whether workers agree."""
