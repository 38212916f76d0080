"""Would the same texts give the same abstract as before?"""

VERSION = 2
"""Raised whenever the same texts would give another abstract."""
