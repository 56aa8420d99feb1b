"""What the services of a call were asked and answered, kept for whoever looks for a fault; the simulator plays it."""
