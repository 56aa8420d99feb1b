"""The whole test in lanes: processes that run side by side, so that calls in real time wait while others compute."""
