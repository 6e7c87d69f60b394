"""Says how runs were set up in the classes of the IVOA's model: Parameter and ConfigFile.

A store keeps settings once for all runs that share them, so their parameters are shared, too. What
a document said of the parameters of one run, and their own ids, are attributes of the run
(`provgraph.interchange.reading.ivoa_records`): they become parameters of that run alone.
"""

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias
from urllib.parse import unquote

from provgraph.model.descriptions import part_id
from provgraph.model.identifiers import base_name, location_of
from provgraph.model.records import SOFTWARE
from provgraph.model.values import Value
from provgraph.model.vocabulary import Kind
from provgraph.prov import ivoa, names
from provgraph.prov.marks import MARK
from provgraph.prov.statements import PROV, QUALIFIED_NAME, Literal, Pair, ProvStatement, ProvType
from provgraph.prov.values import literal_of, native_literal, native_value

#: A statement, and the section in which it stands.
Sectioned: TypeAlias = tuple[ProvStatement, str]
#: The settings whose parameters documents may have said more about.
_STATED_SETTINGS: Final = "parameters"
_PARAMETERS, _FILES = (
    names.own_attribute_uri(each) for each in ("voprov.parameters", "voprov.configFiles")
)
_CONFIG_FILE: Final = names.own_attribute_uri(MARK + "configFile")
#: What stands in an object about a parameter or file and is no attribute of it.
_NO_ATTRIBUTES: Final = frozenset({"id", "place", "artefactType"})
_DESCRIPTION_OF: Final = {
    "parameter": Kind.PARAMETER_DESCRIPTION,
    "configFile": Kind.CONFIG_FILE_DESCRIPTION,
}
#: How many runs are remembered: all that is said of one comes in one page of the store.
_REMEMBERED: Final = 10_000


@dataclass
class _KnownRun:
    """What was said of a run.

    Attributes:
        parameters: name → what documents say of that parameter.
        files: URI → name of each configuration file that nobody says what describes.
        descriptions: the ids of the descriptions of its tool.
    """

    parameters: dict[str, dict[str, Value]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    descriptions: list[str] = field(default_factory=list)


class ArtefactWriter:
    """Makes parameters and configuration files as statements pass by."""

    def __init__(self) -> None:
        """Begin without any settings."""
        self._settings: dict[str, list[str]] = {}
        self._stated: dict[str, str] = {}
        self._runs: OrderedDict[str, _KnownRun] = OrderedDict()
        self._described: set[str] = set()
        self._said: set[tuple[str, str]] = set()

    def note_description(self, statement: ProvStatement) -> None:
        """Remember which parameters and configuration files are described.

        Args:
            statement: of any description.
        """
        kinds = _DESCRIPTION_OF.values()
        if str(statement.id).startswith(tuple(f"{names.DESCRIPTION}{kind}/" for kind in kinds)):
            self._described.add(str(statement.id))

    def note_relation(self, statement: ProvStatement) -> Iterator[Sectioned]:
        """Remember which description a run has.

        Args:
            statement: that something is described by a description.

        Yields:
            what describes the configuration files of the run.
        """
        effect, cause = map(str, statement.slots)
        end = names.end_from_uri(cause, Kind.ENTITY)
        if end.kind is Kind.ACTIVITY_DESCRIPTION:
            known = self._run(effect)
            known.descriptions.append(end.id)
            for uri, name in known.files.items():
                yield from self._described_by(known, "configFile", uri, name)

    def note_run(self, statement: ProvStatement) -> ProvStatement:
        """Remember what documents say of the parameters of a run.

        Args:
            statement: of the run.

        Returns:
            the statement without that.
        """
        for each in _objects(statement, _PARAMETERS):
            known = self._run(str(statement.id)).parameters
            name = str(each.get("name"))
            known[name] = {**each, **known.get(name, {})}
        if not any(name in (_PARAMETERS, _FILES) for name, _ in statement.attributes):
            return statement
        rest = (pair for pair in statement.attributes if pair[0] not in (_PARAMETERS, _FILES))
        return replace(statement, attributes=tuple(rest))

    def of_settings(self, settings: ProvStatement, marks: Mapping[str, str]) -> Iterator[Sectioned]:
        """Take settings apart into parameters; the packages of an environment are one of them.

        Args:
            settings: the group.
            marks: that the statement bears.

        Yields:
            the parameters. Those of a group that documents may have said more about come when a
            run is configured by them.
        """
        uri = str(settings.id)
        if marks.get("name") == _STATED_SETTINGS:
            self._stated[uri] = marks["values"]
            return
        values = json.loads(marks["values"])
        if marks.get("name") == SOFTWARE:
            values = {SOFTWARE: values}
        yield from self._shared(uri, values)

    def of_relation(self, statement: ProvStatement) -> Iterator[Sectioned]:
        """Say by which parameters a run was configured.

        Args:
            statement: that it was configured by a group of settings.

        Yields:
            a relation a parameter, and the parameters that have not come yet.
        """
        run, settings = map(str, statement.slots)
        known = self._run(run)
        own: Mapping[str, Mapping[str, Value]] = {}
        if settings in self._stated:
            own = known.parameters
            values = json.loads(self._stated[settings])
            for name, said in own.items():
                if name in values:
                    yield from self._own_parameter(run, name, values[name], said)
            if settings not in self._settings and values.keys() - own.keys():
                yield from self._shared(settings, values)
        for parameter in self._settings.get(settings, ()):
            name = unquote(parameter.removeprefix(f"{settings}/"))
            if name not in own:
                yield _configured(run, parameter, "parameter")
                yield from self._described_by(known, "parameter", parameter, name)

    def files_of(self, run: ProvStatement) -> Iterator[Sectioned]:
        """Say which configuration files a run had.

        Args:
            run: a statement of a run; any other has none.

        Yields:
            each file, and its relation to the run.
        """
        said = {str(each.get("place")): each for each in _objects(run, _FILES)}
        for uri, value in run.attributes:
            if uri == _CONFIG_FILE:
                place = str(native_value(value))
                yield from self._file(str(run.id), place, said.get(place, {}))

    def _file(self, run: str, place: str, said: Mapping[str, Value]) -> Iterator[Sectioned]:
        uri = str(said.get("id") or names.entity_uri(place))
        where = {} if "prov:location" in said else {"location": location_of(place)}
        attributes = {"name": base_name(place), **where, **said}
        yield from _artefact(run, uri, attributes, "configFile")
        if said.get("configFileDescription") is None:
            self._run(run).files[uri] = base_name(place)

    def _own_parameter(
        self, run: str, name: str, value: Value, said: Mapping[str, Value]
    ) -> Iterator[Sectioned]:
        """A parameter of one run alone."""
        uri = str(said.get("id") or f"{run}/parameters/{names.quoted(name)}")
        value = said.get("value", value)
        attributes = {"name": name, "value": value, "prov:label": _label(name, value), **said}
        yield from _artefact(run, uri, attributes, "parameter")
        if said.get("parameterDescription") is None:
            yield from self._described_by(self._run(run), "parameter", uri, name)

    def _shared(self, settings: str, values: Mapping[str, Value]) -> Iterator[Sectioned]:
        """The parameters of a group of settings, for all runs that have it."""
        uris = [f"{settings}/{names.quoted(name)}" for name in values]
        self._settings[settings] = uris
        for uri, (name, value) in zip(uris, values.items(), strict=True):
            said = {"name": name, "value": value, "prov:label": _label(name, value)}
            yield ProvStatement(ProvType.ENTITY, uri, (), tuple(_pairs(said, ""))), "parameter"

    def _described_by(
        self, run: _KnownRun, section: str, uri: str, name: str
    ) -> Iterator[Sectioned]:
        """Say what describes a parameter or file: by its name, that of its run's tool."""
        kind = _DESCRIPTION_OF[section]
        for whole in run.descriptions:
            described = f"{names.DESCRIPTION}{kind.value}/{names.quoted(part_id(whole, name))}"
            if described in self._described and (uri, described) not in self._said:
                self._said.add((uri, described))
                yield related("isDescribedBy", uri, described)

    def _run(self, uri: str) -> _KnownRun:
        known = self._runs.setdefault(uri, _KnownRun())
        if len(self._runs) > _REMEMBERED:
            self._runs.popitem(last=False)
        return known


def _objects(run: ProvStatement, attribute: str) -> Iterator[Mapping[str, Any]]:
    """What an attribute of a run says of its parameters or files: an object each."""
    for name, value in run.attributes:
        if name == attribute and isinstance(said := native_value(value), Mapping):
            yield said


def _artefact(
    run: str, uri: str, attributes: Mapping[str, Value], section: str
) -> Iterator[Sectioned]:
    """A parameter or file of a run, and what describes it where a document says so."""
    pairs = tuple(_pairs(attributes, section))
    yield ProvStatement(ProvType.ENTITY, uri, (), pairs), section
    yield _configured(run, uri, section)
    described = attributes.get(f"{section}Description")
    if described is not None:
        yield related("isDescribedBy", uri, str(described))


def _label(name: str, value: Value) -> str:
    return f"{name} = {native_literal(value).text[:80]}"


def _pairs(said: Mapping[str, Value], section: str) -> Iterator[Pair]:
    """The attributes of a parameter or file."""
    for name, value in said.items():
        if name in _NO_ATTRIBUTES or name == f"{section}Description":
            continue
        for each in value if isinstance(value, list) and name != "value" else [value]:
            yield _attribute(name), literal_of(each)


def _attribute(name: str) -> str:
    """The URI of an attribute of a parameter or file."""
    if name in ("name", "value", "location"):  # as the voprov package has them
        return PROV + name
    uri = names.attribute_uri(name)
    return uri if uri == name or name.startswith("prov:") else names.VOPROV + name


def related(
    section: str, effect: str, cause: str, more: tuple[Pair, ...] = ()
) -> tuple[ProvStatement, str]:
    """Make a relation of the model that PROV does not have.

    Args:
        section: of the relation, as ``isDescribedBy``.
        effect: the URI of its source.
        cause: the URI of its target.
        more: further attributes.

    Returns:
        the statement, whose ends are attributes; and its section.
    """
    ends = zip(ivoa.ENDS[section], (effect, cause), strict=True)
    pairs = tuple(
        (names.VOPROV + name, Literal(ivoa.model_uri(uri), QUALIFIED_NAME)) for name, uri in ends
    )
    return ProvStatement(ProvType.INFLUENCE, None, (None, None), pairs + more), section


def _configured(run: str, by: str, section: str) -> Sectioned:
    more = ((names.VOPROV + "artefactType", Literal(ivoa.ARTEFACT_TYPES[section])),)
    return related("wasConfiguredBy", run, by, more)
