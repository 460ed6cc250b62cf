"""What is measured in a text before anything is judged."""
