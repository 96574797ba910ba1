"""`python -m copilot`, and the entry point of the command `copilot`."""

from copilot.cli.main import run

if __name__ == "__main__":
    run()
