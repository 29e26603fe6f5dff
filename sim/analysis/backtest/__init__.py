"""How often what a library says of terms and texts is what the parties then answered, beside rules of thumb."""
