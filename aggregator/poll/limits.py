"""How large may a document be, and how long may it be read?"""

from __future__ import annotations

READ = 8 * 1024 * 1024
"""Bytes that are read of a document: ``document.MAX_CHARACTERS`` of two bytes each."""
KEPT = READ + 1
"""Bytes that are kept of one while it comes: one more than is read shows that there are more."""
APART = 1024 * 1024
"""Larger documents are read in a process of their own; 30 full articles of 6 KB make a feed of 0.2 MB."""
CPU_SECONDS = 10.0
"""For one document; 30 entries of 6 KB take 0.02 s, the largest allowed document about 2 s."""
PATIENCE = 1.0
"""CPU seconds after which a small document is thought odd, and read in a process of its own: while it is read in
ours, the other feeds' answers wait."""
