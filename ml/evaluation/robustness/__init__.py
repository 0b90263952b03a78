"""What fools a model: pictures made worse, small noise, attacks, and pictures of nothing."""
