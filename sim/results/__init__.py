"""Records of results, and how they are saved and read again."""
