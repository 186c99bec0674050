"""The command line: what `footnote` does, its flags, exit codes and errors."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bot.errors import FootnoteError
from bot.settings import Settings, load_settings
from index.errors import IndexingError

ANSWERED, FAILED_CASES, BAD_INPUT, ABSTAINED, OUR_FAILURE, INTERRUPTED = 0, 1, 2, 3, 70, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seeds", metavar="DIR", help="The folder of documents (SEEDS_DIR).")
@click.option("--data", metavar="DIR", help="Where the index and everything else is kept (DATA_DIR).")
@click.version_option(package_name="footnote")
@click.pass_context
def footnote(context: click.Context, seeds: str | None, data: str | None) -> None:
    """Answers questions about a folder of documents, with a footnote on every sentence.

    Exit codes: 0 answered or done, 3 abstained, 2 bad input or set-up, 1 answer cases failed, 70 a failure of ours.
    """
    context.obj.update({"SEEDS_DIR": seeds, "DATA_DIR": data})


def _settings(context: click.Context) -> Settings:
    settings = load_settings(context.obj)
    logging.basicConfig(level=settings.log_level, format="footnote: %(message)s", stream=sys.stderr)
    return settings


@footnote.command()
@click.option("--full", is_flag=True, help="Read every file again and build the index afresh.")
@click.option("--prune", is_flag=True, help="Accept that the folder is empty: forget all documents.")
@click.pass_context
def index(context: click.Context, full: bool, prune: bool) -> None:
    """Bring the index up to date with the seeds folder."""
    from bot.terminal import print_report
    from bot.wiring import ingest

    settings = _settings(context)
    print_report(ingest(settings, full, prune), str(settings.seeds_dir))


@footnote.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--explain", is_flag=True, help="Show how the passages were found, and why they were ranked so.")
@click.pass_context
def ask(context: click.Context, question: str, as_json: bool, explain: bool) -> None:
    """Answer QUESTION from the documents ("-" reads it from standard input)."""
    from bot import rendering
    from bot.terminal import output
    from bot.wiring import opened
    from index.retrieval import checked

    settings = _settings(context)
    question = checked(sys.stdin.read() if question == "-" else question)
    with opened(settings) as parts:
        answer = parts.engine.answer(question)
        if as_json:
            click.echo(json.dumps(rendering.as_json(answer), ensure_ascii=False, indent=2))
        else:
            output().print(rendering.whole_answer_text(answer, parts.prompts))
            if explain:
                for line in rendering.explanation_lines(answer):
                    output().print(line, style="dim")
    context.exit(ABSTAINED if answer.abstained else ANSWERED)


@footnote.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 50), default=10, show_default=True, help="How many passages.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.option("--rerank/--no-rerank", default=True, show_default=True, help="Read the passages and rank by that too.")
@click.pass_context
def search(context: click.Context, query: str, limit: int, as_json: bool, rerank: bool) -> None:
    """Show the passages that bear on QUERY, ranked."""
    from bot import rendering
    from bot.terminal import output
    from bot.wiring import opened
    from index.retrieval import checked

    settings = _settings(context)
    query = checked(query)
    with opened(settings) as parts:
        passages = parts.retriever.retrieve(query, limit, rerank=rerank).passages
    if as_json:
        click.echo(json.dumps([rendering.passage_as_json(one) for one in passages], ensure_ascii=False, indent=2))
        return
    for rank, passage in enumerate(passages, 1):
        output().print(rendering.passage_text(rank, passage, query))


@footnote.command()
@click.pass_context
def chat(context: click.Context) -> None:
    """Ask one question after another; follow-ups may refer to what was asked before."""
    from bot.chat import converse
    from bot.wiring import opened

    settings = _settings(context)
    with opened(settings) as parts:
        converse(parts)


@footnote.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write the results as JUnit XML here.")
@click.pass_context
def test(context: click.Context, files: tuple[Path, ...], junit: Path | None) -> None:
    """Run answer cases from YAML FILES or folders (tests/answers by default)."""
    from bot.answer_cases import load_cases
    from bot.answer_tests import junit_xml, report, run_cases
    from bot.terminal import output
    from bot.wiring import opened

    settings = _settings(context)
    cases = load_cases(files or (Path("tests/answers"),))
    with opened(settings) as parts:
        results = list(run_cases(cases, parts.engine.answer))
    output().print(report(results, output().width))
    if junit is not None:
        _write(junit, junit_xml(results))
    context.exit(ANSWERED if all(result.passed for result in results) else FAILED_CASES)


@footnote.command()
@click.option("--text", "path", metavar="PATH", help="Print the text of one document, which offsets count in.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.pass_context
def documents(context: click.Context, path: str | None, as_json: bool) -> None:
    """List what is indexed."""
    from bot.inspection import document_text, print_documents

    settings = _settings(context)
    if path is not None:
        sys.stdout.buffer.write(document_text(settings, path).encode())
    else:
        print_documents(settings, as_json)


@footnote.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Say what the index holds, from when, by which embedder, and whether it is behind the folder."""
    from bot.inspection import print_status

    print_status(_settings(context), as_json)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FootnoteError(f"{path} can't be written ({error.strerror}); name another file") from error


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit. Whatever goes wrong ends in one line on standard error."""
    flags: dict[str, Any] = {}
    sys.exit(_exit_code(lambda: footnote.main(arguments, "footnote", standalone_mode=False, obj=flags), flags))


def _exit_code(run: Callable[[], Any], flags: dict[str, Any]) -> int:
    try:
        code = run()
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.UsageError as error:
        error.show()
        return BAD_INPUT
    except (FootnoteError, IndexingError) as error:
        click.echo(f"footnote: {error}", err=True)
        return BAD_INPUT
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nfootnote: stopped; what was finished is kept", err=True)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        # Python would flush standard output once more at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ANSWERED
    except Exception as error:  # noqa: BLE001 (the last resort: the user gets a line, and we the traceback)
        log_file = _keep_traceback(flags)
        click.echo(
            f"footnote: a failure of ours ({type(error).__name__}: {error}); details are in {log_file}", err=True
        )
        return OUR_FAILURE


def _keep_traceback(flags: dict[str, Any]) -> str:
    """Append the traceback to the error log of the data folder; where it is, in words."""
    entry = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n{traceback.format_exc()}\n"
    for folder in (load_settings(flags).data_dir, Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "errors.log").open("a", encoding="utf-8") as file:
                file.write(entry)
        except OSError:
            continue
        return str(folder / "errors.log")
    sys.stderr.write(entry)
    return "the lines above"
