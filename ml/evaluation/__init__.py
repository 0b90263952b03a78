"""Decisions, metrics with intervals, and the comparison that promotes a challenger."""
