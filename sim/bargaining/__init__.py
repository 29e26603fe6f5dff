"""Talks over the text: what may be proposed, how parties concede, how talks end and what is told of them."""
