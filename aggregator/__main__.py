"""What does ``python -m aggregator`` do? The same as ``aggregator``."""

from aggregator.cli import main

if __name__ == "__main__":
    main()
