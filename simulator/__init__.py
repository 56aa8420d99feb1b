"""Azure OpenAI Realtime, Azure OpenAI speech and Cartesia on your own machine. Knows nothing of the rest."""
