"""What attackers try, by the number of the promise that stops them: docs/security.md."""
