"""`python -m writersroom`."""

from writersroom.cli import main

if __name__ == "__main__":
    main()
