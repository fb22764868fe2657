"""Pure image work: bytes to a decoded picture, measurements, a score and a role."""
