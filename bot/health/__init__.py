"""The health of every part: what is so, and what to do. Nothing in here changes anything, or tells a secret."""
