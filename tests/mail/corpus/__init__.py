"""Mails as the programs write them, built from their habits; each with what should be understood."""
