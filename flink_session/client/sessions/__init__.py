"""All session clusters that there are, those of others too: found by their labels, and asked at once how they are."""
