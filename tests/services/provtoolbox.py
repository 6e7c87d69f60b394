"""ProvToolbox's validator, a second judge.

``python -m tests.services.provtoolbox FILE…`` judges PROV-N documents.

It prints one JSON object a document, behind ``verdict:``. Java runs in a process of its own, which
ends with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jpype

from .maven import jars, program

POM = Path(__file__).parent / "provtoolbox" / "pom.xml"
#: Before a verdict; ProvToolbox prints, too.
_VERDICT = "verdict: "
_REPORTS = ("cycle", "failedMerge", "qualifiedNameMismatch", "typeOverlap")


def judged(documents: Sequence[Path]) -> list[dict[str, Any]]:
    """What ProvToolbox says of PROV-N documents.

    Returns:
        of each ``statements`` (how many it has), ``valid``, and ``why`` it is not; or ``refused``,
            the error that
        reading or validating it ended with.
    """
    program("java")
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(jars("provtoolbox", POM)), *map(str, documents)],
        stdout=subprocess.PIPE,
        check=True,
    )
    said = (line.partition(_VERDICT) for line in done.stdout.decode().splitlines())
    return [json.loads(verdict) for _, is_one, verdict in said if is_one]


class _Names:
    """Makes the names that the validator needs for what is unknown.

    ProvToolbox leaves that to its callers.
    """

    def __init__(self, factory: Any) -> None:
        self._factory = factory
        self._variable = _stand_in("org.openprovenance.prov.validation.VarQName")
        self._unknown = _stand_in("org.openprovenance.prov.validation.Unknown")

    def maker(self) -> Any:
        """As Java wants it."""
        names = self

        @jpype.JImplements("org.openprovenance.prov.validation.ObjectMaker")
        class Maker:
            @jpype.JOverride  # type: ignore[untyped-decorator]
            def makeVarQName(self, *parts: Any) -> Any:  # noqa: N802 - Java's
                return names._variable(
                    parts[0] if len(parts) == 1 else names._factory.newQualifiedName(*parts)
                )

            @jpype.JOverride  # type: ignore[untyped-decorator]
            def makeUnknown(self, namespace: Any, local: Any) -> Any:  # noqa: N802 - Java's
                return names._unknown(names._factory.newQualifiedName(namespace, local, "unknown"))

        return Maker()


def _stand_in(interface: str) -> Any:
    """A class of names that implements this interface and has each method of a real name."""

    def calling(method: str) -> Any:
        return jpype.JOverride(lambda self, *arguments: getattr(self.name, method)(*arguments))

    def equals(self: Any, other: Any) -> bool:
        return other is not None and other.getUri() == self.name.getUri()

    methods = {
        "__init__": lambda self, name: setattr(self, "name", name),
        **{
            f"{way}{what}": calling(f"{way}{what}")
            for way in ("get", "set")
            for what in ("Uri", "LocalPart", "NamespaceURI", "Prefix")
        },
        "toQName": calling("toQName"),
        "hashCode": calling("hashCode"),
        "equals": jpype.JOverride(equals),
    }
    return jpype.JImplements(interface)(type("Name", (), methods))


def _judge(document: str, factory: Any, names: Any) -> dict[str, Any]:
    reader = jpype.JClass("org.openprovenance.prov.notation.ProvDeserialiser")(factory)
    config = jpype.JClass("org.openprovenance.prov.validation.Config")
    try:
        with jpype.JClass("java.io.FileInputStream")(document) as stream:
            read = reader.deserialiseDocument(stream)
        statements = len(read.getStatementOrBundle())
        report = jpype.JClass("org.openprovenance.prov.validation.Validate")(
            config.newYesToAllConfig(factory, names)
        ).validate(read)
    except jpype.JException as error:
        return {"refused": str(error)}
    why = [name for each in _all(report) for name in _faults(each)]
    return {"statements": statements, "valid": not why, "why": why}


def _all(report: Any) -> list[Any]:
    """The report on the document and those on its bundles."""
    return [report, *(report.getValidationReport() or ())]


def _faults(report: Any) -> list[str]:
    found = [name for name in _REPORTS if len(getattr(report, name) or ())]
    single = {
        "malformed": report.getMalformedStatements(),
        "specialization": report.getSpecializationReport(),
        "type": report.getTypeReport(),
    }
    return found + [name for name, fault in single.items() if fault is not None]


def _main(lib: str, *documents: str) -> None:
    jpype.startJVM("-Xss16m", classpath=[f"{lib}/*"], convertStrings=True)
    factory = jpype.JClass("org.openprovenance.prov.vanilla.ProvFactory")()
    names = _Names(factory).maker()
    for document in documents:
        print(_VERDICT + json.dumps(_judge(document, factory, names)), flush=True)


if __name__ == "__main__":
    _main(*sys.argv[1:])
