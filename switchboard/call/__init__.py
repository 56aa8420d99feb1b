"""One call: who calls, who has them, how it ends, and what is written down of it."""
