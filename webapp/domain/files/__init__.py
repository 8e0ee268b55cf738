"""What partners send as files: handed out in one place, and only once the virus scanner, where there is one, has found
nothing in them."""
