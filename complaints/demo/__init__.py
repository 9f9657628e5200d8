"""A demonstration: some 300 complaints at every stage, made by the real operations at past times.

Their facts (cause, outcome, remedy, line of business, duration, season) are those of real complaints in public
records, without any name; facts.jsonl holds nothing else. People and words are made up (people.toml, words.toml).
No mail is sent for what lies in the past.
"""
