"""Where tokens come from: an in-process llama.cpp engine and a client for servers behind one interface.

Only this package imports `llama_cpp`, and only where an engine is opened or its devices are asked for.
"""

import os

# llama.cpp brings in libgomp, which reads this once, when it is loaded; so it is set before any module of
# this package can load it. Its default is to spin at barriers for milliseconds, which takes the processors
# from all others, the screen among them; to spin for some fifty microseconds costs nothing on a quiet machine
# (measured by `benchmarks/wait_policy.py`; docs/decisions.md).
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
