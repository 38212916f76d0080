"""How does the ``public/`` directory reach readers and browsers over HTTP?

What is asked and what is answered are values, decided without a socket: ``requests`` (bytes → request or refusal),
``paths`` (address → names of files), ``conditions`` (does the client have it already?), ``answers`` (what goes back).
The edge is small: ``documents`` opens files, ``connections`` and ``server`` hold sockets.
"""
