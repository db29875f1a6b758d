"""What a review says: each rule is a module that looks at one thing, and says nothing where there is nothing to say."""
