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
        "`--store` goes before it. The URL of a server (`https://…`) is for loading and for what "
        "is put aside.",
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
        "PROVGRAPH_TOKEN",
        "no token",
        "The token by which `load --to`, and what is put aside for a server, comes to "
        "`provgraph serve`.",
    ),
    Variable(
        "PROVGRAPH_TOKEN_FILE",
        "`PROVGRAPH_TOKEN`",
        "A file that holds the token. It goes before `PROVGRAPH_TOKEN`.",
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

#: Of `provgraph serve`.
SERVERS = (
    Variable(
        "PROVGRAPH_LOG",
        "`text`",
        "`json` writes each request and each message as a line of JSON on stderr "
        "([how](../how-to/operating.md#the-log)); `text` writes messages alone, for people.",
    ),
    Variable(
        "PROVGRAPH_TRACES",
        "`off`",
        "`on` tells OpenTelemetry of each request ([how](../how-to/operating.md#traces)).",
    ),
    Variable(
        "PROVGRAPH_TOKENS",
        "`tokens.json` in the folder `provgraph` of the user-data folder",
        "The file of the tokens that `provgraph tokens` makes. Servers that stand side by "
        "side share it.",
    ),
    Variable(
        "PROVGRAPH_HIDING_RULES",
        "nothing is hidden",
        "The file of the rules that hide records from roles ([how](../how-to/hiding.md)), as "
        "`--hide`.",
    ),
    Variable(
        "PROVGRAPH_HIDING_SECRET",
        "one that the server makes when it starts",
        "From which the pseudonyms of hidden records are made. Servers that stand side by side "
        "share it.",
    ),
    Variable(
        "PROVGRAPH_HIDING_SECRET_FILE",
        "",
        "A file that holds the secret; it goes before `PROVGRAPH_HIDING_SECRET`.",
    ),
    Variable(
        "PROVGRAPH_OIDC_ISSUER",
        "no logins by OpenID Connect",
        "The URL of the identity provider whose logins count, as its tokens say it (`iss`).",
    ),
    Variable(
        "PROVGRAPH_OIDC_AUDIENCE",
        "refused where there is an issuer",
        "The name by which the provider knows this service (`aud`).",
    ),
    Variable(
        "PROVGRAPH_OIDC_ROLES",
        "refused where there is an issuer",
        "Which group has which role: `GROUP=ROLE,GROUP=ROLE`.",
    ),
    Variable(
        "PROVGRAPH_OIDC_CLAIM",
        "`groups`",
        "Where a token lists the groups of a person.",
    ),
    Variable(
        "PROVGRAPH_OIDC_KEYS",
        "what the provider says at `/.well-known/openid-configuration`",
        "The URL of the provider's keys (JWKS).",
    ),
    Variable(
        "PROVGRAPH_JOBS",
        "no jobs are run",
        "The folder of the jobs that `provgraph serve` runs ([how](../how-to/jobs.md)). On a "
        "cluster all nodes see it under the same path.",
    ),
    Variable(
        "PROVGRAPH_JOBS_ENGINE",
        "`local`",
        "What runs the jobs: `local`, or `slurm`.",
    ),
    Variable(
        "PROVGRAPH_JOBS_USER",
        "the user of the server; refused for root",
        "The user of the system as whom scripts run. Only root can run them as somebody else.",
    ),
    Variable(
        "PROVGRAPH_JOBS_DATA",
        "none",
        "Folders whose files every job may read, with `:` between them.",
    ),
    Variable(
        "PROVGRAPH_JOBS_HOSTS",
        "none",
        "Machines with private addresses from which inputs are fetched all the same, with "
        "commas between them.",
    ),
    Variable(
        "PROVGRAPH_JOBS_SLOTS",
        "2",
        "How many jobs are with the engine at once.",
    ),
    Variable(
        "PROVGRAPH_JOBS_BY_OWNER",
        "10",
        "How many of them one owner has.",
    ),
    Variable(
        "PROVGRAPH_JOBS_WAITING",
        "10000",
        "How many jobs of one owner are not done.",
    ),
    Variable(
        "PROVGRAPH_JOBS_DURATION",
        "3600",
        "How many seconds a job may take when neither its definition nor its owner says.",
    ),
    Variable(
        "PROVGRAPH_JOBS_MOST_DURATION",
        "86400",
        "How many seconds a job may take at most.",
    ),
    Variable(
        "PROVGRAPH_JOBS_KEEP",
        "30",
        "After how many days the files of a job are removed, at the latest.",
    ),
    Variable(
        "PROVGRAPH_JOBS_OUTPUT",
        "10737418240",
        "How many bytes a job may write.",
    ),
    Variable(
        "PROVGRAPH_JOBS_UPLOAD",
        "1073741824",
        "How many bytes an input may have that is sent or fetched.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_DEPTH",
        "12",
        "How deep the fields of a query nest.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_ALIASES",
        "30",
        "How many fields of a query have an alias, counted wherever a fragment is spread.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_TOKENS",
        "2000",
        "How many tokens a query has.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_FIELDS",
        "1000",
        "How many fields a query asks for, counted wherever a fragment is spread.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_COST",
        "10000000",
        "The estimated cost of a query: a field costs 1, a lineage 100 more, and what is "
        "in a list costs as often as the list has members (`first`, else 10).",
    ),
    Variable(
        "PROVGRAPH_LIMIT_RECORDS",
        "500000",
        "How many members the lists of one answer have together.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_ANSWER",
        "67108864",
        "How long one answer is, in bytes.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_BODY",
        "4194304",
        "How long a request is, in bytes.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_LOAD",
        "1073741824",
        "How long a source is that is loaded over HTTP, in bytes, as it is sent and as it "
        "is unpacked.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_SECONDS",
        "60",
        "How long a request takes, the time that it waits for others included; then its "
        "statement is stopped in the database.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_CONCURRENT",
        "2",
        "How many long requests run at once in one process.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_QUEUE",
        "8",
        "How many long requests wait in one process; 16 times as many short ones do.",
    ),
    Variable(
        "PROVGRAPH_LIMIT_RATE",
        "0, for any number",
        "How many requests one client (a token, else an address) makes in a minute.",
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
        "PROVGRAPH_MIRROR_OPTIONS",
        "none",
        "More options of `sync` for the mirror's container: `--provtap` for the service `tap`.",
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
        "PROVGRAPH_TEST_HTTP_EXAMPLES",
        "8",
        "How many random requests schemathesis makes for each operation of the server, at most.",
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
    ("For servers", SERVERS),
    ("For containers", CONTAINERS),
    ("For tests and benchmarks", DEVELOPERS),
)
