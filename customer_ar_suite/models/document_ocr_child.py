"""Sets limits on itself, then becomes the program it was told to start; never imported.

``python document_ocr_child.py MEMORY SECONDS PROGRAM ARGUMENT …``
"""

import os
import sys

try:
    import resource
except ImportError:  # not on Windows: there only the parent's clock protects
    resource = None


def main():
    """Limit memory, processor time and files, and start the program in this process."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    os.execv(sys.argv[3], sys.argv[3:])


if __name__ == "__main__":
    main()
