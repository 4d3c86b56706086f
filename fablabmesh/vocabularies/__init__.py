"""The words that administrators keep, each with a code for ever and a name in each language."""
