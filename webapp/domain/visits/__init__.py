"""A visit from the day on which its dates are agreed to its outcome: day, place and host, and what they clash with, who
comes, and what is prepared for them."""
