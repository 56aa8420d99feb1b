"""Who answers: one class and one prompt for each agent. Agents do not know one another; the workflow does."""
