"""Tables that ship with the package; `CREDITS.md` names their sources and licenses."""
