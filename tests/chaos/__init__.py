"""`make chaos`: the proof that the deadline engine cannot forget.

It starts clocks on servers of its own, lets people act on them while they fall due, hits workers and servers, lets all
of it heal, and compares what happened with what should have:

    plan.py        what will happen when, from a seed: blows, storms, the stream
    files/         the calendar and the obligation that its clocks count by
    load.py        starts the clocks, all of them through the real operations
    people.py      a process that completes, extends, pauses and cancels clocks while they fall due
    effects.py     what real workers do for each firing: a row, and for some an e-mail
    world.py       the stack, its workers, and how to hit them
    mayhem.py      carries out the plan, then lets the wounds heal
    drill.py       all of it in order
    owed.py        what the ledger must hold, by arithmetic of its own
    records.py     what the database and the mail folder hold
    checker.py     compares the two; faults.py has the words for what can be wrong
    plain_loop.py  the loop that is usually written instead, for the benchmark
"""
