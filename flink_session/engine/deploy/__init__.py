"""One run: what the program asks for, and what becomes of each resource."""
