"""One router an app. A route is its signature and one call."""
