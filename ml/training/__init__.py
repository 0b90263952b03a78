"""Quick rounds (a head on cached embeddings) and deep rounds (fine-tuning the backbone)."""
