"""How is a document read that may take long, or much memory, or the parser with it?

In a process of its own, which has bounds the system keeps: so many seconds, so much memory. Whatever becomes of it,
the run goes on, and other feeds' answers are taken in meanwhile. Its rooms: ``desk`` (our side), ``child`` (the
other process), ``letters`` (what goes to and fro).

A small document that keeps nobody waiting is read where it is (``parse``): starting a process costs ten times as much.
"""
