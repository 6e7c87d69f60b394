"""What records typically say: the dictionaries that stored texts are compressed by.

What is stored can be read by these very texts only, so they never change. They are the names and
the usual values of ctapipe's records and of the headers of CTAO's products, in the order in which
records have them; what is not in them is only compressed less.

Source: RFC 1950, section 2.3 (preset dictionary).
"""

from pathlib import Path

_HEADER = {
    "ACTIVITY ID": "",
    "ACTIVITY NAME": "ctapipe-process",
    "ACTIVITY SOFTWARE NAME": "ctapipe",
    "ACTIVITY SOFTWARE VERSION": "0.28.0",
    "ACTIVITY START TIME": "2026-01-01 00:00:00.000",
    "ACTIVITY STOP TIME": "2026-01-01 00:00:00.000",
    "ACTIVITY TYPE": "software",
    "CONTACT EMAIL": "unknown",
    "CONTACT NAME": "unknown",
    "CONTACT ORGANIZATION": "CTAO",
    "INSTRUMENT CLASS": "Other",
    "INSTRUMENT ID": "unspecified",
    "INSTRUMENT SITE": "Other",
    "INSTRUMENT SUBTYPE": "unspecified",
    "INSTRUMENT TYPE": "unspecified",
    "INSTRUMENT VERSION": "unspecified",
    "PROCESS ID": "",
    "PROCESS SUBTYPE": "",
    "PROCESS TYPE": "Simulation",
    "PRODUCT CREATION TIME": "2026-01-01 00:00:00.000",
    "PRODUCT DATA ASSOCIATION": "Subarray",
    "PRODUCT DATA CATEGORY": "Sim",
    "PRODUCT DATA LEVELS": "DL0,DL1_IMAGES,DL1_PARAMETERS,DL2,DL3",
    "PRODUCT DATA MODEL NAME": "ASWG",
    "PRODUCT DATA MODEL URL": "",
    "PRODUCT DATA MODEL VERSION": "v7.1.0",
    "PRODUCT DESCRIPTION": "ctapipe Data Product",
    "PRODUCT FORMAT": "hdf5",
    "PRODUCT ID": "",
    "REFERENCE VERSION": "1",
}
_FACTS = (
    ("arguments", '["/bin/ctapipe-process","-c","config.yaml","--input","--output","--config"]'),
    ("bootTime", '"2026-01-01T00:00:00.000"'),
    ("duration_min", "0.0"),
    ("endTime", '"2026-01-01T00:00:00.000"'),
    ("executable", '"/bin/python"'),
    ("exit_code", "0"),
    ("host", '""'),
    ("name", '"ctapipe-process"'),
    ("startTime", '"2026-01-01T00:00:00.000"'),
    ("status", '"completed"'),
    ("system.platform.architecture_bits", '"64bit"'),
    ("system.platform.architecture_linkage", '"ELF"'),
    ("system.platform.libcver", '["glibc","2.36"]'),
    ("system.platform.machine", '"x86_64"'),
    ("system.platform.n_cpus", "2"),
    ("system.platform.processor", '""'),
    ("system.platform.release", '"6.1.0-amd64"'),
    ("system.platform.system", '"Linux"'),
    ("system.platform.version", '"#1 SMP PREEMPT_DYNAMIC "'),
    ("system.python.compiler", '"GCC 12.2.0"'),
    ("system.python.implementation", '"CPython"'),
    ("system.python.version", '["3","11","7"]'),
    ("system.python.version_string", '"3.11.7 (main, Jan  1 2026, 00:00:00) [GCC 12.2.0]"'),
    ("system.start_time_utc", '"2026-01-01T00:00:00.000"'),
    ("version", '"0.28.0"'),
)
_MENTIONS = (
    '["used","DL0/Event","file:/data/",null,"ctapipe default",null,{}]',
    '["used","Tool Configuration","file:/data/",null,"ctapipe default",null,{}]',
    '["wasGeneratedBy","DL1/Event","file:/data/","product:","ctapipe default",null,{}]',
)
_HEADER_TEXT = ",".join(f'"CTA {name}":["{value}"]' for name, value in _HEADER.items())
_FACTS_TEXT = ",".join(f'"{name}":[{value}]' for name, value in _FACTS)
#: What assertions were compressed by until the dictionary of records came.
TYPICAL_ASSERTION = (
    f'{{"config_files":["file:/data/"],"entities":[["product:",{{{_HEADER_TEXT}}},'
    f'"DatasetEntity"]],"mentions":[{",".join(_MENTIONS)}],'
    f'"run":["",{{{_FACTS_TEXT}}}],"settings":["'
).encode()
#: What records and assertions are compressed by. What stands last is found best.
TYPICAL = Path(__file__).with_name("typical_records.txt").read_bytes() + TYPICAL_ASSERTION
