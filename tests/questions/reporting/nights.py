"""A night of runs, made by hand: chains from raw data to DL3 on several hosts."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from provgraph.model.records import Document, Fact, Mention, Run
from provgraph.model.vocabulary import RelationType

#: When the night begins that the reports of the tests are about.
EVENING = datetime(2027, 1, 1, 18)
_TOOLS = ("ctapipe-process", "ctapipe-apply-models", "ctapipe-create-dl3")
_ROLES = ("DL0/Event", "DL1/Event", "DL2/Event", "DL3/Event")


def night(chains: int, begin: datetime = EVENING, minutes: int = 3) -> Iterator[Document]:
    """Chains of three runs, one chain a minute.

    The second run of each fifth chain fails; each seventh chain has no raw data.
    """
    for number in range(chains):
        for step, tool in enumerate(_TOOLS):
            start = begin + timedelta(minutes=number, hours=step)
            end = start + timedelta(minutes=minutes, seconds=number % 10)
            name = f"{begin:%d%H}-{number:05}-{step}"
            facts = {
                Fact.NAME: (tool,),
                Fact.VERSION: ("0.29.0" if number % 4 == 0 else "0.28.0",),
                Fact.HOST: (f"wn{number % 3}",),
                Fact.START: (start.isoformat() + ".000",),
                Fact.END: (end.isoformat() + ".000",),
                **({Fact.STATUS: ("error",)} if step == 1 and number % 5 == 0 else {}),
            }
            mentions = [
                _mention(name, RelationType.USED, "config", f"/config/{tool}.yaml"),
                _mention(
                    name,
                    RelationType.WAS_GENERATED_BY,
                    _ROLES[step + 1],
                    _path(begin, number, step + 1),
                ),
            ]
            if step or number % 7:
                mentions.append(
                    _mention(name, RelationType.USED, _ROLES[step], _path(begin, number, step))
                )
            yield Document(run=Run(name, facts), mentions=tuple(mentions))


def _path(begin: datetime, number: int, level: int) -> str:
    return f"/data/{begin:%Y%m%d-%H}/run{number:05}.dl{level}"


def _mention(run: str, relation: RelationType, role: str, path: str) -> Mention:
    return Mention(run, relation, role, f"file:{path}", None, "x")
