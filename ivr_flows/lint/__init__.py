"""What rules are made of: the file that they look at, what they find, and questions that several of them ask."""
