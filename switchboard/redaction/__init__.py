"""What is told of somebody in a text, typed or spoken out, and the text without it."""
