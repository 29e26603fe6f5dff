"""What parties would make of texts and single terms, by a library as it stood on a day."""
