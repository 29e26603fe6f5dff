"""What several questions need: counts of many texts on the same draws, expected gains, shared records."""
