"""A month of cron against servers of every temper, scored: which rules of good manners does polling keep?

    python -m tests.etiquette

Real HTTP on loopback, one address per case, and a pretended clock: cron comes every minute on the first day and
every half hour for the rest of the month. Each server notes what it was sent and when; nothing is asked of
the program's own records but what was stored. Its rooms: ``case`` (a server and what it saw), ``publishing`` (good
servers' documents), ``tempers`` (the others), ``judges`` (what is asked of us), ``rules`` (which server tries which
rule), ``month`` and ``crowd`` (how they are lived through), ``table``.
"""
