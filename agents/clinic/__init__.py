"""Who answers at the practice."""
