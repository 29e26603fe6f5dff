"""How do proposals compare, where do they differ and for whom?"""
