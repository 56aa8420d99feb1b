"""What is fast and what it costs, beside the stock way."""
