"""What is printed: from facts to the content of each document, in the reader's words."""
