"""What the model looked at: activation maps and the pictures made of them."""
