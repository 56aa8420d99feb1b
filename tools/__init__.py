"""What agents can do: a tool answers in sentences to be said, or raises a ToolError that says what to do next."""
