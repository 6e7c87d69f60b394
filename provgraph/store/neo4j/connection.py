"""Connections to a Neo4j database: retries, and the driver's errors in our words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    Driver,
    GraphDatabase,
    NotificationMinimumSeverity,
    Query,
    Record,
    Transaction,
)
from neo4j import exceptions as driver_errors

from provgraph.errors import LoginError, NoStoreError, StoreError, UnreachableError
from provgraph.store.deadlines import DEADLINE
from provgraph.store.neo4j.address import Address
from provgraph.store.waiting import retry

T = TypeVar("T")
#: How long a server that has answered before is waited for, and one that has not; in seconds.
RETRY_SECONDS = 30.0
FIRST_RETRY_SECONDS = 5.0
#: How long to wait for a TCP connection and for a free one in the pool.
CONNECT_SECONDS = 10.0
ACQUIRE_SECONDS = 60.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 3.0
#: How many rows a stream fetches at a time; an answer is fetched whole.
STREAM_ROWS = 1_000
WHOLE = -1

_ASK_SERVER = "is the server up, and are host and port right?"
_LATER = "try again later"
_CHECK_LOGIN = (
    "the user name or the password is wrong, or none was given; check the URL, "
    "PROVGRAPH_STORE_PASSWORD and PROVGRAPH_STORE_PASSWORD_FILE"
)
#: What errors mean that the driver has no class for, by their code.
_BY_CODE: Mapping[str, tuple[type[StoreError], str]] = {
    "Neo.ClientError.Security.AuthenticationRateLimit": (
        LoginError,
        "too many wrong passwords came in a row; wait some seconds, and check the password",
    ),
    "Neo.ClientError.Security.CredentialsExpired": (
        LoginError,
        "the password has to be changed first, with `cypher-shell` or in Neo4j Browser",
    ),
    "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase": (
        StoreError,
        "its server only reads (server.databases.default_to_read_only); write to the store that "
        "it is a copy of",
    ),
}
_NO_DATABASE = "Neo.ClientError.Database.DatabaseNotFound"
_CHECK_RIGHTS = "check what the user may do there"
_CHECK_URL = "check the store's URL"
_LOAD_AGAIN = "loading again completes it"
_REPORT = "this should not happen: please report it"

#: What each error of the driver means here, and what to do about it; another class means what its
#: base means.
MEANINGS: Mapping[type[Exception], tuple[type[StoreError], str]] = {
    driver_errors.GqlError: (StoreError, _REPORT),
    driver_errors.Neo4jError: (StoreError, _REPORT),
    driver_errors.ClientError: (StoreError, "the server refused it; its log says more"),
    driver_errors.CypherSyntaxError: (StoreError, _REPORT),
    driver_errors.CypherTypeError: (StoreError, _REPORT),
    driver_errors.ConstraintError: (
        StoreError,
        "what is there was not written by provgraph; use another database",
    ),
    driver_errors.AuthError: (LoginError, _CHECK_LOGIN),
    driver_errors.TokenExpired: (LoginError, _CHECK_LOGIN),
    driver_errors.Forbidden: (StoreError, _CHECK_RIGHTS),
    driver_errors.DatabaseError: (StoreError, "the server failed; its log says more"),
    driver_errors.TransientError: (UnreachableError, _LATER),
    driver_errors.DatabaseUnavailable: (UnreachableError, _LATER),
    driver_errors.NotALeader: (UnreachableError, _LATER),
    driver_errors.ForbiddenOnReadOnlyDatabase: (
        UnreachableError,
        "the database is read-only; " + _LATER,
    ),
    driver_errors.DriverError: (StoreError, _REPORT),
    driver_errors.SessionError: (StoreError, _REPORT),
    driver_errors.TransactionError: (StoreError, _REPORT),
    driver_errors.TransactionNestingError: (StoreError, _REPORT),
    driver_errors.ResultError: (StoreError, _REPORT),
    driver_errors.ResultFailedError: (StoreError, _REPORT),
    driver_errors.ResultConsumedError: (StoreError, _REPORT),
    driver_errors.ResultNotSingleError: (StoreError, _REPORT),
    driver_errors.BrokenRecordError: (StoreError, _REPORT),
    driver_errors.SessionExpired: (UnreachableError, _LATER),
    driver_errors.ServiceUnavailable: (UnreachableError, _ASK_SERVER),
    driver_errors.RoutingServiceUnavailable: (UnreachableError, _ASK_SERVER),
    driver_errors.WriteServiceUnavailable: (
        UnreachableError,
        "no server of the cluster takes writes; " + _LATER,
    ),
    driver_errors.ReadServiceUnavailable: (
        UnreachableError,
        "no server of the cluster takes reads; " + _LATER,
    ),
    driver_errors.IncompleteCommit: (
        UnreachableError,
        "the last transaction may be written or not; " + _LOAD_AGAIN,
    ),
    driver_errors.ConfigurationError: (StoreError, _CHECK_URL),
    driver_errors.AuthConfigurationError: (StoreError, _CHECK_LOGIN),
    driver_errors.CertificateConfigurationError: (StoreError, "check the server's certificate"),
    driver_errors.UnsupportedServerProduct: (StoreError, "provgraph needs Neo4j 5.26 or newer"),
    driver_errors.ConnectionPoolError: (UnreachableError, _LATER),
    driver_errors.ConnectionAcquisitionTimeoutError: (
        UnreachableError,
        "too many questions at once; " + _LATER,
    ),
}
DRIVER_ERRORS = (driver_errors.Neo4jError, driver_errors.DriverError)


class Connection:
    """A database as the store sees it: queries go in, rows come out, all errors are ours.

    The sessions of one connection form one causal chain: each sees what those before it wrote, in a
    cluster too.

    Every method raises `StoreError` when the server refuses or fails, and `UnreachableError` when
    trying again later may help.
    """

    def __init__(self, address: Address) -> None:
        """Get ready; nothing is sent yet.

        Raises:
            StoreError: the address makes no sense to the driver.
        """
        self._address = address
        self._bookmarks = GraphDatabase.bookmark_manager()
        self._answered = False
        with self.translated():
            self._driver = self._open()

    def _open(self) -> Driver:
        address = self._address
        login = (address.user, address.password or "") if address.user is not None else None
        return GraphDatabase.driver(
            address.server,
            auth=login,
            connection_timeout=CONNECT_SECONDS,
            connection_acquisition_timeout=ACQUIRE_SECONDS,
            # Hints for whoever types Cypher; provgraph's has been looked at.
            notifications_min_severity=NotificationMinimumSeverity.OFF,
            telemetry_disabled=True,
        )

    def __str__(self) -> str:
        """Where the database is, without the password."""
        return str(self._address)

    @property
    def state(self) -> bytes | None:
        """What any commit changes: whoever asks from now on sees this state, or a newer one."""
        return "|".join(sorted(self._bookmarks.get_bookmarks())).encode() or None

    def read(self, query: str, /, **parameters: Any) -> list[Record]:
        """Send a query that only reads; send it again while the error is transient.

        The query is a transaction of its own, which takes one round trip where a managed
        transaction takes two.

        Args:
            query: the Cypher.
            parameters: the values of the query's parameters, by name.

        Returns:
            All rows.
        """

        def ask() -> list[Record]:
            with self._driver.session(**self._settings(READ_ACCESS, WHOLE)) as session:
                return list(session.run(_timed(query), parameters))

        with self.translated():
            return self._retried(ask)

    def read_at_once(self, asked: Sequence[tuple[str, dict[str, Any]]]) -> list[list[Record]]:
        """Send several queries that only read, all of them before the first answer is read.

        The server works on one answer while another one is read.

        Args:
            asked: the Cypher of each query, and the values of its parameters by name.

        Returns:
            All rows of each.
        """
        if len(asked) == 1:
            return [self.read(query, **parameters) for query, parameters in asked]

        def ask() -> list[list[Record]]:
            with ExitStack() as stack:
                sent = []
                for query, parameters in asked:
                    session = self._driver.session(**self._settings(READ_ACCESS, WHOLE))
                    sent.append(stack.enter_context(session).run(_timed(query), parameters))
                return [list(each) for each in sent]

        with self.translated():
            return self._retried(ask)

    def stream(self, query: str, /, **parameters: Any) -> Iterator[Record]:
        """Send a query that only reads, and fetch its rows a few at a time.

        Args:
            query: the Cypher.
            parameters: the values of the query's parameters, by name.

        Yields:
            One row after the other.
        """
        with (
            self.translated(),
            self._driver.session(**self._settings(READ_ACCESS, STREAM_ROWS)) as session,
        ):
            yield from self._retried(lambda: session.run(_timed(query), parameters))

    def execute(self, query: str) -> None:
        """Send a query that changes the schema, as a transaction of its own.

        Args:
            query: the Cypher.
        """

        def ask() -> None:
            with self._driver.session(**self._settings(WRITE_ACCESS, WHOLE)) as session:
                session.run(query).consume()

        with self.translated():
            self._retried(ask)

    @contextmanager
    def transaction(self, first: str) -> Iterator[Transaction]:
        """A transaction that writes: committed when the block ends, rolled back when it raises.

        Args:
            first: a query to begin with. It is sent again, in a new transaction, while the error is
                transient; no later query is.

        Yields:
            The driver's transaction.
        """
        with (
            self.translated(),
            self._driver.session(**self._settings(WRITE_ACCESS, WHOLE)) as session,
        ):

            def begin() -> Transaction:
                transaction = session.begin_transaction()
                try:
                    transaction.run(first).consume()
                except BaseException:
                    transaction.close()
                    raise
                return transaction

            transaction = self._retried(begin)
            try:
                yield transaction
                transaction.commit()
            finally:
                transaction.close()

    @contextmanager
    def view(self) -> Iterator[Transaction]:
        """A transaction that only reads.

        Yields:
            The driver's transaction.
        """
        with (
            self.translated(),
            self._driver.session(**self._settings(READ_ACCESS, WHOLE)) as session,
            self._retried(lambda: session.begin_transaction(timeout=_remaining())) as transaction,
        ):
            yield transaction

    def close(self) -> None:
        """Let go of all connections."""
        self._driver.close()

    def _settings(self, access: str, rows: int) -> dict[str, Any]:
        return {
            "database": self._address.database,
            "default_access_mode": access,
            "bookmark_manager": self._bookmarks,
            "fetch_size": rows,
        }

    def _retried(self, ask: Callable[[], T]) -> T:
        """The answer, asked for until it comes, the error is final, or the time is over."""
        answer = retry(
            ask,
            lambda error: isinstance(error, DRIVER_ERRORS) and error.is_retryable(),
            seconds=RETRY_SECONDS if self._answered else FIRST_RETRY_SECONDS,
            first_pause=_FIRST_PAUSE,
            longest_pause=_LONGEST_PAUSE,
        )
        self._answered = True
        return answer

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the driver's errors into ours, which say where it happened and what to do.

        Raises:
            OverdueError: the time for the answer is over.
            UnreachableError: trying again may help.
            StoreError: it does not.
        """
        try:
            yield
        except DRIVER_ERRORS as error:
            if (deadline := DEADLINE.get()) is not None:
                deadline.check()
            raise self._in_our_words(error) from error

    def _in_our_words(self, error: Exception) -> StoreError:
        code = str(getattr(error, "code", ""))
        if code == _NO_DATABASE:
            return NoStoreError(str(self), "the server has no such database")
        by_class = (MEANINGS[each] for each in type(error).__mro__ if each in MEANINGS)
        meaning, advice = _BY_CODE.get(code) or next(by_class)
        if meaning is LoginError:
            return LoginError(f"the store at {self} does not let the user in: {advice}")
        if code in _BY_CODE:
            return meaning(f"the store at {self} refuses: {advice}")
        words = " ".join(str(error).split())[:300]
        return meaning(f"the store at {self} failed: {words}; {advice}")


def _remaining() -> float | None:
    """How many seconds a transaction may take; None where it may take its time.

    Raises:
        OverdueError: the time is over.
    """
    deadline = DEADLINE.get()
    if deadline is None:
        return None
    deadline.check()
    return deadline.remaining()


def _timed(query: str) -> Query:
    """A query that the server stops when the time for its answer is over."""
    return Query(query, timeout=_remaining())
