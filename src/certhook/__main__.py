"""`python -m certhook`: the same as the `certhook` command."""

from certhook.cli import main

if __name__ == "__main__":
    main()
