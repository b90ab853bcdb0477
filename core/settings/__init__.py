"""The tables of an experiment: what each setting is, and the rules between them."""
