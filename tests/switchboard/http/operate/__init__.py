"""The operators' part of the web app."""
