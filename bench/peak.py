"""``python -m bench.peak COMMAND…``: run a command, and print the most KiB that it held in memory.

A process of its own and a small one: a child's account begins with what its parent held.
"""

import resource
import subprocess
import sys

subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
