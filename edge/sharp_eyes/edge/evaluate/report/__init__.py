"""What the reports of all evaluations share: the page, its charts and words, figures in the terminal, the files."""
