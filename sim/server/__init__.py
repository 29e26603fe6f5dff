"""A local server whose pages answer when positions of parties are changed too."""
