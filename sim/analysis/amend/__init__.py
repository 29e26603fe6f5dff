"""Which small changes of the text raise joint acceptability most?"""
