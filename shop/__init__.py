"""Fernway, the example business behind the tools: a shop for the home, its orders, returns, tickets and documents."""
