"""Which packages are efficient, and how far is each text from that?"""
