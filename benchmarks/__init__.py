"""How fast it is, beside what is aimed at: `make bench`. No test is timed, and nothing here is a test."""
