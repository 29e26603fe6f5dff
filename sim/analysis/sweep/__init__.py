"""From which value on does a verdict turn?"""
