"""The forms of a review: each is made of the model alone, and the same review gives the same bytes."""
