"""The fields of CTAO's product metadata, under one name each, however a file writes them.

The names are those of the `Product` model of ctao-datamodel 1.4.0 (metadata version 2.1.0), with
dots between its levels: ``activity.inputs.0.uri``. A file has them as short FITS keywords
(``ACTID``), as long ones (``CTAO ACTIVITY ID``), or as objects in objects, as JSON has.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from provgraph.model.values import Value, storable_text, storable_value

#: The names of what ties a product to the run that made it.
VERSION = "ctao_metadata_version"
PRODUCT = "instance.id"
ACTIVITY = "activity"
#: A header has fewer fields. What is more comes of a file that was made to do harm.
MOST_FIELDS = 10_000
#: Short FITS keyword → name (`get_fits_to_ctao_mapping(Product)`); ANAMODE is of version 1.0.0.
SHORT = {
    "CTAOMETA": "ctao_metadata_version",
    "TITLE": "description",
    "DATALEVL": "data.level",
    "DATADIV": "data.division",
    "DATAASSO": "data.association",
    "DATATYPE": "data.type",
    "DATAID": "instance.id",
    "OBS_ID": "instance.obs_id",
    "EVTYPE": "instance.event_type",
    "AE_ID": "instance.ae_id",
    "AE_CLASS": "instance.ae_class",
    "SUB_ID": "instance.subarray_id",
    "CHUNK_ID": "instance.chunk_id",
    "BATCH_ID": "instance.batch_id",
    "OBSNIGHT": "instance.observing_night",
    "SUBLVL": "instance.sublevel_id",
    "OBJECT": "instance.target_id",
    "PERIOD": "instance.observing_period_id",
    "LUNCYCLE": "instance.lunar_cycle_id",
    "TELESCOP": "instance.facility_name",
    "INSTRUME": "instance.site_id",
    "PDGID": "instance.particle_pdgid",
    "MSNGR": "instance.messenger",
    "DATACAT": "instance.category",
    "DATASRC": "instance.data_source",
    "ASSEMBLY": "instance.assembly_name",
    "LOCRUNID": "instance.local_run_id",
    "RELEASE": "curation.release",
    "REFERENC": "curation.reference",
    "LICENSE": "curation.license",
    "LICENURL": "curation.license_url",
    "COPYRIGH": "curation.copyright",
    "RIGHTS": "curation.rights",
    "PUBDATE": "curation.release_date",
    "MODEL": "model.name",
    "MODELVER": "model.version",
    "MODELURL": "model.url",
    "COMMENT": "disclaimer",
    "CREATED": "creation_time",
    "AUTHOR": "contact.name",
    "ORIGIN": "contact.organization",
    "EMAIL": "contact.email",
    "ACTPROC": "activity.process",
    "ACTIVITY": "activity.name",
    "ACTDESC": "activity.description",
    "ACTID": "activity.id",
    "ACTSTART": "activity.start",
    "ACTSTOP": "activity.end",
    "SOFTWARE": "activity.software.name",
    "SOFTVER": "activity.software.version",
    "SOFTURL": "activity.software.url",
    "ACTCONF": "activity.configuration_id",
    "TSTART": "observation.coverage.time.t_min",
    "TSTOP": "observation.coverage.time.t_max",
    "TREFPOS": "observation.coverage.time.reference.position",
    "TIMEUNIT": "observation.coverage.time.reference.unit",
    "TIMESYS": "observation.coverage.time.reference.system",
    "TIMEDELT": "observation.coverage.time.reference.resolution",
    "MJDREF": "observation.coverage.time.reference.time_mjd",
    "RADESYS": "observation.coverage.space.frame",
    "RA_PNT": "observation.coverage.space.ra",
    "DEC_PNT": "observation.coverage.space.dec",
    "FOV": "observation.coverage.space.field_of_view",
    "REGION": "observation.coverage.space.region_of_interest",
    "EMIN": "observation.coverage.energy.energy_min",
    "EMAX": "observation.coverage.energy.energy_max",
    "ALT_MIN": "observation.coverage.tracking.elevation_min",
    "ALT_MAX": "observation.coverage.tracking.elevation_max",
    "AZ_MEAN": "observation.coverage.tracking.azimuth_mean",
    "AZ_RANGE": "observation.coverage.tracking.azimuth_range",
    "TRACKING": "observation.coverage.tracking.mode",
    "OBSGEO-L": "observation.location.longitude",
    "OBSGEO-B": "observation.location.latitude",
    "OBSGEO-H": "observation.location.height",
    "SB_ID": "acquisition.sb_id",
    "LOCRUNTP": "acquisition.local_run_type",
    "SDC_NSB": "sdc.sky_brightness",
    "SIMPROD": "simulation.production_name",
    "SIMZEN": "simulation.node.zenith",
    "SIMAZ": "simulation.node.azimuth",
    "SIMHA": "simulation.node.hour_angle",
    "SIMDEC": "simulation.node.declination",
    "SIMNSB": "simulation.node.nsb_factor",
    "ANAMODE": "activity.configuration_id",
}
#: The uppermost level of names.
_TOP = frozenset(name.partition(".")[0] for name in SHORT.values())
_SPACE = "CTAO"


def product_fields(metadata: Mapping[Any, Any]) -> dict[str, Value] | None:
    """Find the fields of CTAO's product metadata among all that a header says.

    Args:
        metadata: the header's keywords or attributes, or an object with objects in it.

    Returns:
        Name → value, without the fields that have none; None when the header is no such metadata:
        it tells neither the version of the metadata nor both the product and the run that made it.
    """
    found: dict[str, Value] = {}
    for name, value in _named(metadata):
        if not _is_nothing(value):
            plain = value if isinstance(value, bool | int | float) else str(value)
            found.setdefault(storable_text(name), storable_value(plain))
    is_ours = VERSION in found or {PRODUCT, f"{ACTIVITY}.id"} <= found.keys()
    return found if is_ours else None


def _named(value: object) -> Iterator[tuple[str, Any]]:
    """The fields in a value by their names.

    Of what is too large, or nested without end by references to itself, some are looked at.
    """
    waiting = [("", value)]
    for _ in range(MOST_FIELDS):
        if not waiting:
            return
        name, value = waiting.pop()
        if isinstance(value, Mapping | list):
            if len(waiting) < MOST_FIELDS:
                waiting += islice(_within(name, value), MOST_FIELDS)
        elif name:
            yield name, value


def _within(name: str, value: Mapping[Any, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    """What stands in an object or a list, by the names of fields."""
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, each in items:
        inner = _name_of(str(key), name)
        if inner is not None:
            yield inner, each


def _name_of(key: str, within: str) -> str | None:
    """The name of a field by its key in an object; None of what is no field of CTAO's."""
    if within:
        return f"{within}.{key}"
    key = key.removeprefix("HIERARCH ")
    if key.upper() == _SPACE:
        return ""
    if key in SHORT:
        return SHORT[key]
    if key[: len(_SPACE)].upper() == _SPACE and key[len(_SPACE) : len(_SPACE) + 1] in (" ", "."):
        key = key[len(_SPACE) + 1 :]
    name = key.strip().replace(" ", ".").lower()
    return name if name.partition(".")[0] in _TOP else None


def _is_nothing(value: object) -> bool:
    """Whether a field says nothing; JSON and headers have no other words for it than these."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))
