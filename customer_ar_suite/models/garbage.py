"""The garbage collector, kept off while large sets of rows are at work."""

import gc
from contextlib import contextmanager


@contextmanager
def collector_off():
    """Within: no search for cycles, for work that builds hundreds of thousands of rows.

    The rows live until the end, so each search walks all of them and finds nothing: two
    thirds of the time of a match run. What has cycles is freed afterwards, as always.
    Unlike core's ``disabling_gc`` this switches it on again after an error, too.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
