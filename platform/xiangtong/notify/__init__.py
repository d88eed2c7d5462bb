"""Messages to people. Knows no domain: an area says what to send to whom, an adapter sends it."""
