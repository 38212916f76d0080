"""STAGE 1: feeds in, entries out.

::

    feeds ─ schedule.is_due ─▶ fetch.fetch | files.read ─▶ parse.parse ─▶ ParsedFeed
                                      │                          │
                                      ▼                          ▼
                               Outcome (a value)          schedule.next_poll

``schedule`` and ``responses`` are pure; ``fetch`` owns the sockets that feeds are read through, ``syndication``
the only feedparser. Nothing is imported here, so that a command which polls nothing does not pay for either.
"""
