"""The name by which job scripts call `provgraph.collecting.capture`.

Two lines in a script::

    import provgraph.capture
    provgraph.capture.start()
"""

from provgraph.collecting.capture import capturing, start

__all__ = ["capturing", "start"]
