"""Stage 4: stories in, documents out. Nothing here reads a clock, a database or a socket.

`select` picks the stories, `atom`, `rss`, `jsonfeed` and `page` turn them into bytes, `files` puts bytes on
the disk. All documents are made from the same `entry.Entry`, so they cannot disagree.
"""
