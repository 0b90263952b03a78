"""What more money will buy: learning curves of a metric against spending, extrapolated with their doubt. numpy only."""
