"""What other systems' files hold, read into records and put into storage: once each, and undone as a whole."""
