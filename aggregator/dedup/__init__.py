"""Stage 2: items in, matches and stories out. Pure: no network, no database, no clock."""
