"""Set the project up and run it: standard library only, because it works before anything is installed.

Run by the system's Python as ``python3 -m lms.bootstrap run|test|check|…``; the Makefile names every command.
"""
