"""django-ninja."""

NINJA_PAGINATION_MAX_LIMIT = 500
