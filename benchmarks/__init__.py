"""How fast certhook is: beside a raw client that sends the same bytes, and beside a general API tester.

    python -m benchmarks            measure everything, print the table and write docs/performance.md
    python -m benchmarks --quick    a few seconds, to see that the benchmarks themselves work

What is compared runs in turn (A B A B), and ratios are taken within a turn: the load of a machine comes and goes.
"""
