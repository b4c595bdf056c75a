"""What a message means and what is done about it."""
