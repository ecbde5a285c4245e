"""One reader per origin; every reader names its publisher, licence and attribution."""
