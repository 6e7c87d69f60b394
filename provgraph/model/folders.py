"""Folders as people name them, on disks and in namespaces."""

import re

from provgraph.model.identifiers import location_of, place_of

_NAMED_PLACE = re.compile("file://(?P<namespace>[^/]+)(?P<path>/.*)", re.DOTALL)


def folders_meant(path: str) -> tuple[str, ...]:
    """Find the locations that people may mean by a folder.

    Args:
        path: a path or URL; also ``file://NAMESPACE/data``, which is no URL of a host.

    Returns:
        The locations as answers write them.
    """
    places = [place_of(path)]
    if named := _NAMED_PLACE.match(path):
        places.append(place_of(named["path"], named["namespace"]))
    return tuple(map(location_of, places))
