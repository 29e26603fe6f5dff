"""What the files of a library say, checked: issues, positions, evidence, texts, edits, and how they are loaded."""
