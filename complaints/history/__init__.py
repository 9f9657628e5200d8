"""History from elsewhere: records of another office, replayed through the operations of a live complaint.

A line becomes a record (records), a source says what its labels mean (sources, with sources/*.toml), and each record is
replayed (replay), many in one transaction (import_history).
"""
