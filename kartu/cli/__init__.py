"""The command line: the only place that prints and sets exit codes.

A run is short and most of what it makes lives to its end. Looking for garbage, from the first
import on, would be a good part of a small build.
"""

import gc

gc.disable()
