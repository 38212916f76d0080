"""What every exchange over HTTP needs, whoever asks: addresses that may be connected to, headers, words for failures,
and one bounded POST. Reading feeds, which takes much more care, is the business of ``poll``.
"""
