"""Which single edit of a position turns the verdict?"""
