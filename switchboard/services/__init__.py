"""Who serves the model and the voices, as the settings say."""
