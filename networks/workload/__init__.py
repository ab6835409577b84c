"""What a network will have to carry: expected flows and loads by closed form."""
