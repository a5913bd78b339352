"""Mutation testing of the pure decisions: each is broken in every small way, and some test has to see it.

mutmut's operators, in every place of a module. Its own runner leaves properties, constants and lambdas as they are,
and cosmic-ray's starts Python and Django anew for each mutant; here a mutant is forked from a process that has
collected the tests already. `python -m tests.mutants` runs all, or the modules that are named.
"""
