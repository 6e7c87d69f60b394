"""The environment variables that provgraph, its containers, its tests and its benchmarks read.

`tests/test_docs.py` holds this list to the sources: each variable that they name stands here, and
each that stands here is named by them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable.

    Attributes:
        name: what it is called.
        default: what holds without it, as Markdown.
        meaning: what it says, as Markdown.
    """

    name: str
    default: str
    meaning: str


#: Of the command, of the Python API and of captured jobs.
USERS = (
    Variable(
        "PROVGRAPH_STORE",
        "a SQLite file in the user-data folder of the platform",
        "The URL of the store ([which URLs there are](../contract.md#stores)). The option "
        "`--store` goes before it.",
    ),
    Variable(
        "PROVGRAPH_STORE_PASSWORD",
        "the password in the URL",
        "The password of the store.",
    ),
    Variable(
        "PROVGRAPH_STORE_PASSWORD_FILE",
        "`PROVGRAPH_STORE_PASSWORD`",
        "A file that holds the password of the store. It goes before `PROVGRAPH_STORE_PASSWORD`; "
        "white space at its ends does not count.",
    ),
    Variable(
        "PROVGRAPH_MIRROR_PASSWORD",
        "the password in the URL, or PGPASSFILE",
        "The password of the database to which `provgraph sync` writes.",
    ),
    Variable(
        "PROVGRAPH_MIRROR_PASSWORD_FILE",
        "`PROVGRAPH_MIRROR_PASSWORD`",
        "A file that holds that password. It goes before `PROVGRAPH_MIRROR_PASSWORD`.",
    ),
    Variable(
        "PROVGRAPH_SPOOL",
        "`provgraph/spool` in the user-data folder",
        "The folder where captured jobs put aside what can't be delivered, and where `load` and "
        "`watch` look for it ([how](../how-to/collecting.md)).",
    ),
    Variable(
        "PROVGRAPH_ENVIRONMENT_VARIABLES",
        "the list in `provgraph/loaders/secrets.py`",
        "Names of variables, with commas between them. Of the environment that a log has recorded, "
        "only these are kept. The list takes the place of the built-in one.",
    ),
)

#: Of docker/compose.yml and docker/build.sh.
CONTAINERS = (
    Variable("PROVGRAPH_PORT", "8000", "The port of the machine at which the API answers."),
    Variable("PROVGRAPH_MEMORY", "1g", "The memory limit of each container of provgraph."),
    Variable(
        "PROVGRAPH_MIRROR",
        "the compose file's own PostgreSQL",
        "Where the mirror's container syncs to.",
    ),
    Variable(
        "PROVGRAPH_MIRROR_INTERVAL",
        "86400",
        "Seconds between two syncs of the mirror's container.",
    ),
    Variable("PROVGRAPH_IMAGE_STORE", "`.services/images`", "Where `make image` keeps images."),
)

#: Of the tests and benchmarks.
DEVELOPERS = (
    Variable(
        "PROVGRAPH_TEST_REQUIRE_SERVICES",
        "not set",
        "When set, a server that can't start is a failure; else tests that need it are skipped.",
    ),
    Variable(
        "PROVGRAPH_TEST_HISTORIES",
        "150 histories of loads, 100 of validation",
        "How many random histories the tests of the law of loading try.",
    ),
    Variable(
        "PROVGRAPH_TEST_EXAMPLES",
        "what each test asks for",
        "At most so many random examples are tried for each property.",
    ),
    Variable(
        "PROVGRAPH_TEST_SHRINK",
        "not set",
        "When set, a history that fails is made smaller, which takes minutes.",
    ),
    Variable(
        "PROVGRAPH_TEST_FUZZ_SECONDS",
        "10",
        "How many seconds each loader is fed with broken sources.",
    ),
    Variable(
        "PROVGRAPH_WRITE_GOLDEN",
        "not set",
        "When set, the tests of the writers renew the files that they compare with.",
    ),
    Variable(
        "PROVGRAPH_SERVICES_CACHE",
        "`.services`",
        "The folder in which the tests keep downloaded servers.",
    ),
    Variable(
        "PROVGRAPH_BENCH_ELEMENTS",
        "1,000,000 for the mirror, 100,000 for documents",
        "How large the graphs of these benchmarks are.",
    ),
    Variable("PROVGRAPH_BENCH_MEGABYTES", "1000", "How large the log of `bench memory` is."),
    Variable(
        "PROVGRAPH_BENCH_EXPORTED",
        "1,000,000",
        "How many elements the benchmark of `export` writes.",
    ),
)

GROUPS = (
    ("For users", USERS),
    ("For containers", CONTAINERS),
    ("For tests and benchmarks", DEVELOPERS),
)
