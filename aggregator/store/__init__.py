"""SQLite, and nothing else: rows end here, nouns leave.

Writers open the store with ``store.connection.open_store`` (migrations, WAL, one transaction per meaning);
readers with ``store.reading.open_reading``, which needs the standard library only.
"""
