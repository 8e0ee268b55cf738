"""What was printed for a visit and is answered for later: its papers in versions with their hash, and invitation
letters by their numbers, which anyone may check."""
