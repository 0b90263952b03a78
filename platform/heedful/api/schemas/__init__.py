"""What the API takes and gives, a module an app."""
