"""Results as words, numbers, tables and figures: what several questions say alike."""
