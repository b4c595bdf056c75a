"""The grammar of moments: rules over the categories of the lexicons, the same for every language."""
