"""Which package of the whole space would all who are asked accept most often?"""
