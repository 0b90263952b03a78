"""What to label next: scores, diversity, and the two-stage selection. numpy and k-means only."""
