"""Programs of users, and what former versions of this package have made of them: state, and objects in the cluster."""
