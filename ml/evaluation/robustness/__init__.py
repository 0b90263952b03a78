"""What fools a model: pictures made worse, small noise, attacks, and nonsense pictures."""
