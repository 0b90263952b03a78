"""Several answers to one question: what they amount to, how far to trust who gave them, and whom to ask next."""
