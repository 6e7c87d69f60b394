"""The command ``validate``: checks sources or the store against PROV-CONSTRAINTS."""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext

import click

from provgraph.commands.options import json_option, reading_options
from provgraph.commands.progress import Progress
from provgraph.commands.running import NOTHING, REFUSED, note, opened_store, reporting_errors
from provgraph.model.identifiers import DEFAULT_NAMESPACE
from provgraph.model.values import counted, visible
from provgraph.validation.findings import Gravity, as_document, as_text
from provgraph.validation.sources import CheckedSources, check_sources, check_store


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]…")
@reading_options
@json_option("a finding")
@reporting_errors
def validate(
    sources: tuple[str, ...], format_name: str | None, namespace: str, as_json: bool
) -> None:
    """Check files, folders or - against PROV-CONSTRAINTS without loading them.

    Without SOURCE the whole store.

    Logs and jobs are checked together, PROV documents each by itself. Exit 1 if there is an error,
    or if a source could not be read; warnings are valid PROV.
    """
    if not sources and (format_name or namespace != DEFAULT_NAMESPACE):
        raise click.UsageError(
            "--format and --namespace are for sources; without SOURCE the store is checked"
        )
    progress = Progress("records and statements") if sys.stderr.isatty() else None
    with progress or nullcontext():
        observer = progress.read if progress is not None else None
        checked = _check(sources, format_name, namespace, observer)
    for each in checked:
        _print_findings(each, as_json, len(checked) > 1)
    _print_counts(checked)
    if not any(each.verdict and each.verdict.statements for each in checked):
        note("there is nothing to check")
        click.get_current_context().exit(NOTHING)
    clean = all(
        each.verdict is not None and each.verdict.is_valid and not each.problems for each in checked
    )
    click.get_current_context().exit(0 if clean else REFUSED)


def _check(
    sources: Sequence[str],
    format_name: str | None,
    namespace: str,
    observer: Callable[[int], None] | None,
) -> list[CheckedSources]:
    """Check the sources, or the store when there are none."""
    if sources:
        return list(
            check_sources(sources, format_name=format_name, namespace=namespace, observer=observer)
        )
    with opened_store() as store:
        return [check_store(store, observer=observer)]


def _print_findings(checked: CheckedSources, as_json: bool, is_one_of_many: bool) -> None:
    """Print the findings on stdout, and what can't be read on stderr."""
    for source, problem in checked.problems:
        click.echo(
            f"{visible(source)}: {visible(problem.where)}: {visible(problem.what)}", err=True
        )
    findings = () if checked.verdict is None else checked.verdict.findings
    only = checked.sources[0] if len(checked.sources) == 1 else None
    if is_one_of_many and findings and not as_json:
        click.echo(f"{visible(only) if only else f'{len(checked.sources)} logs and jobs'}:")
    for finding in findings:
        fields = {"source": only, **as_document(finding)}
        click.echo(json.dumps(fields, ensure_ascii=False) if as_json else as_text(finding))


def _print_counts(checked: Sequence[CheckedSources]) -> None:
    """Say on stderr how much was checked, and how much was found."""
    verdicts = [each.verdict for each in checked if each.verdict is not None]
    found = {"statement": sum(each.statements for each in verdicts)}
    found |= {gravity.value: sum(each.count(gravity) for each in verdicts) for gravity in Gravity}
    statements, *findings = (counted(count, what) for what, count in found.items())
    click.echo(f"{statements} checked: {', '.join(findings)}", err=True)
