"""Could other weights turn a party, and how far are they?"""
