"""`python -m logistics` is the command line."""

from logistics.cli import main

if __name__ == "__main__":
    main()
