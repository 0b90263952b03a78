"""The adapter to Label Studio: the only place that knows its addresses, its JSON and its habits.

It knows nothing of Django: addresses, tokens and secrets are passed in, frozen dataclasses come out. Our
database is the truth and Label Studio a place where people answer, so every call here may be made twice, and
none destroys an answer.
"""
