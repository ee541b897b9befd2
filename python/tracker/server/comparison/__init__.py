"""What runs tell when they are held against each other."""
