"""The tracking pages: what a partner sees and does through the secret link."""
