"""`make chaos`: the proof that the deadline engine cannot forget.

plan.py      what will happen when, from a seed: blows, storms, the stream
files/       the calendar and the obligation that its clocks count by
load.py      starts the clocks, all of them through the real operations
people.py    a process that completes, extends, pauses and cancels clocks while they fall due
effects.py   what real workers do for each firing: a row, and for some an e-mail
world.py     the stack, its workers, and how to hit them
mayhem.py    carries out the plan, then lets the wounds heal
owed.py      what the ledger must hold, by arithmetic of its own
records.py   what the database holds
checker.py   compares the two
"""
