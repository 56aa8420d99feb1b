"""What a caller hears when a service is slow or fails, from a word that fills a pause down to the end of the call."""
