"""How jobs look: in a table, whole, as JSON, and while something goes on."""
