"""Many tasks on workers that may end: in this process, in several, on a cluster."""
