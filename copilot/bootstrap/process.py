"""Wire one process: settings in, ready parts out. The only module that names adapters."""

from __future__ import annotations

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Final

from copilot import config, people
from copilot.bootstrap import accounts, retrieval
from copilot.bootstrap.prose import LanguageModels
from copilot.catalog import loading
from copilot.domain.access import parse_audience
from copilot.domain.documents import SourceKind
from copilot.errors import BadInput, EncoderUnavailable, InvalidSettings
from copilot.ingestion.elsewhere import Elsewhere
from copilot.ingestion.folders import WORKSPACE_FOLDERS, Root
from copilot.spare_threads import SpareThreads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy.engine import Engine

    from copilot.accounts.register import PeopleRegister
    from copilot.adapters.encoder_choice import EncoderChoice
    from copilot.adapters.encoders import OnnxEncoder
    from copilot.adapters.locks import FileLock
    from copilot.adapters.parsing import Limits
    from copilot.adapters.sql.truth import SqlTruth
    from copilot.answering.asking import Answering
    from copilot.config import Workspace
    from copilot.domain.access import Principal
    from copilot.domain.criteria import Catalog
    from copilot.health import Examination, SeenEncoders
    from copilot.ingestion.reporting import Progress, Report
    from copilot.ports import Encoder
    from copilot.retrieval.following import Follower
    from copilot.retrieval.search import Search
    from copilot.wording import Vocabulary

_ENCODER: Final = "all-MiniLM-L6-v2"
_KNOWLEDGE: Final = "knowledge"


def load_catalog(folder: Path | None = None) -> Catalog:
    """Return the catalog that ships with the product, or the one in `folder`.

    Raises:
        InvalidKnowledge: With one line for each problem.
    """
    return loading.load(folder or config.data_folder("knowledge"), cache=config.cache_folder())


def prepare_encoder() -> Path:
    """Return the folder of the converted encoder; the first time, make it.

    Raises:
        EncoderUnavailable: It cannot be made.
    """
    from copilot.adapters import model_conversion

    return model_conversion.converted(
        model_conversion.bundled_model(),
        config.cache_folder(),
        name=_ENCODER,
        weights=model_conversion.BUNDLED_WEIGHTS,
    )


class Copilot:
    """One workspace, wired; parts are made when they are first needed."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.settings = workspace.settings
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> Copilot:
        """Return itself."""
        return self

    def __exit__(self, _: object, problem: BaseException | None, __: object) -> None:
        """Let go of everything that was opened.

        Raises:
            TruthUnavailable: The database failed underneath: its disk is full, it was taken away.
        """
        self._closing.close()
        if isinstance(problem, Exception) and "database" in self.__dict__:
            from copilot.adapters.sql.database import unavailable

            if translated := unavailable(problem):
                raise translated from problem

    @cached_property
    def catalog(self) -> Catalog:
        """The criteria and the guidance."""
        return load_catalog()

    @cached_property
    def models(self) -> LanguageModels:
        """The language models that the settings name."""
        return LanguageModels(
            self.workspace, lambda: [one.principal() for one in self.register.people()]
        )

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The field's words and the language's common ones."""
        from copilot.wording import Vocabulary

        common = loading.load_common_words(config.data_folder(_KNOWLEDGE))
        alike = loading.load_alike_words(config.data_folder(_KNOWLEDGE))
        everyday = loading.load_everyday_words(config.data_folder(_KNOWLEDGE))
        off_topic = loading.load_off_topic_words(config.data_folder(_KNOWLEDGE))
        return Vocabulary(self.catalog.terms, common, alike, everyday=everyday, off_topic=off_topic)

    @cached_property
    def database(self) -> Engine:
        """The database, which has the truth, what is reviewed and the event log."""
        from copilot.adapters.rights import FOLDER, keep_private
        from copilot.adapters.sql.database import connect

        self.workspace.state.mkdir(mode=FOLDER, parents=True, exist_ok=True)
        engine = connect(self.workspace.database_url)
        self._closing.callback(engine.dispose)
        # Now what is there already, at the end what has been added.
        keep_private(self.workspace.state)
        self._closing.callback(keep_private, self.workspace.state)
        return engine

    @cached_property
    def truth(self) -> SqlTruth:
        """The sources and passages."""
        from copilot.adapters.sql.truth import SqlTruth

        return SqlTruth(self.database)

    @cached_property
    def bundled_encoder(self) -> OnnxEncoder:
        """The encoder that ships with the product, converted if this is its first use."""
        from copilot.adapters.encoders import OnnxEncoder

        return OnnxEncoder(prepare_encoder(), threads=self.settings.encoder_threads)

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder that the settings name."""
        return retrieval.configured_encoder(self.workspace, self._encoders)

    @cached_property
    def _encoders(self) -> EncoderChoice:
        return retrieval.encoder_choice(self.workspace, self.truth, lambda: self.bundled_encoder)

    @cached_property
    def _spare(self) -> SpareThreads:
        """The cores that encoding may use, but the one of the thread that asks."""
        return SpareThreads((self.settings.encoder_threads or os.cpu_count() or 1) - 1)

    @cached_property
    def writer_lock(self) -> FileLock:
        """Held by whoever writes the workspace."""
        from copilot.adapters.locks import FileLock

        return FileLock(self.workspace.state / "writer.lock", what="writing this workspace")

    @cached_property
    def limits(self) -> Limits:
        """What reading one file may cost."""
        from copilot.adapters.parsing import Limits

        return Limits(
            seconds=self.settings.parse_seconds,
            megabytes=self.settings.parse_megabytes,
            file_megabytes=self.settings.file_megabytes,
        )

    @cached_property
    def follower(self) -> Follower:
        """What keeps the indexes in line with the truth."""
        return retrieval.follower(
            self.workspace, self.truth, self.encoder, choice=self._encoders, spare=self._spare
        )

    @cached_property
    def register(self) -> PeopleRegister:
        """Who there is: the people of people.yaml, and those added since."""
        return accounts.people_register(self.workspace, self.database, self.truth.audiences)

    def principal(self, named: str | None) -> Principal:
        """Return who a command acts for.

        Raises:
            UnknownPrincipal: Nobody is called that.
        """
        audiences = self.truth.audiences()
        # An empty `--as` is a variable that was not set, and must not read everything.
        name = self.settings.principal if named is None else named
        if named is None and not name:
            return people.operator(audiences)
        known = self.register.principals()
        return people.find_principal(name, people=known, audiences=audiences)

    @contextlib.contextmanager
    def searching(self, truth: SqlTruth | None = None) -> Iterator[Search]:
        """Yield search over indexes that are up to date, which reads passages from `truth` if it is given."""
        from copilot.retrieval.search import Search

        with self.follower.reading(writer=self.writer_lock) as indexes:
            encoder = indexes.encoder or self.encoder
            usual = not self._encoders.origin and encoder is self.encoder
            usual = usual or encoder.name == self.bundled_encoder.name
            yield Search(
                truth=truth or self.truth,
                encoder=encoder,
                indexes=indexes,
                yardstick=None if usual else self.bundled_encoder,
                spare=self._spare,
            )

    @contextlib.contextmanager
    def answering(self) -> Iterator[Answering]:
        """Yield answering over indexes that are up to date."""
        with self.searching() as search:
            yield self.answering_over(search)

    def answering_over(
        self, search: Search, *, prose: bool = True, truth: SqlTruth | None = None
    ) -> Answering:
        """Return answering over indexes that are open; without `prose`, no language model takes part."""
        from copilot.answering.asking import Answering

        truth = truth or self.truth
        return Answering(
            catalog=self.catalog,
            truth=truth,
            search=search,
            vocabulary=self.vocabulary,
            names={person.name for person in self.register.people()},
            prose=self.models.prose(truth=truth, search=search, vocabulary=self.vocabulary)
            if prose
            else None,
        )

    def examination(self, *, mend: bool = False, progress: Progress | None = None) -> Examination:
        """Return what is to be seen of the workspace's health.

        Args:
            mend: Build an index anew that differs from the truth, or is another encoder's.
            progress: Is told how far that has come.
        """
        from copilot.adapters.readers import ocr
        from copilot.health import Examination

        holds, mended = self.follower.check(), False
        if mend and not (holds and self.follower.is_settled()):
            with self.writer_lock.writing(wait=0):
                self.follower.rebuild(progress.step if progress else None)
            holds = mended = self.follower.check()
        encoders = self._examined_encoders()
        url = self.settings.database_url
        listed, people_problem = 0, ""
        try:
            known = people.read_people(self.workspace.root / "people.yaml")
            listed = len({person.id for person in known.values()})
        except InvalidSettings as exc:
            people_problem = str(exc)
        return Examination(
            workspace=str(self.workspace.root),
            database=url.split("://")[0] if url else f"SQLite, {self.workspace.state / 'truth.db'}",
            encoders=encoders,
            index_holds=holds,
            mended=mended,
            sources=self.truth.sources(principal=people.operator(self.truth.audiences())),
            refusals=[refusal for refusal, _, _ in self.truth.refusals().values()],
            period=self.settings.period,
            ocr=ocr.available(),
            people=listed,
            people_problem=people_problem,
            misspelt=list(config.misspelt_variables()),
        )

    def _examined_encoders(self) -> SeenEncoders:
        """Return which encoder there is and what it has yet to do, or why it cannot be used."""
        from copilot.health import SeenEncoders

        standing = None
        try:
            standing = self.follower.standing()
            self.encoder.encode(["Is this encoder ready?"])
            return SeenEncoders(standing=standing, dimensions=self.encoder.dimensions)
        except EncoderUnavailable as exc:
            return SeenEncoders(standing=standing, problem=exc)

    def ingest(
        self,
        paths: Sequence[Path] = (),
        *,
        kind: SourceKind | None = None,
        audience: str | None = None,
        retry: bool = False,
        progress: Progress | None = None,
    ) -> Report:
        """Bring truth and indexes in line with the folders, or with `paths` only.

        With `retry`, files that were refused are tried again.

        Raises:
            BadInput: A path does not exist, or `kind` is the catalog's.
            InvalidAudience: `audience` cannot name one.
            WorkspaceBusy: Another process is writing the workspace.
        """
        if kind is SourceKind.CATALOG:
            raise BadInput("a company's file cannot be of the kind catalog")
        if audience is not None:
            parse_audience(audience)  # before it is remembered of a folder
        from copilot.adapters.parsing import BoundedParser
        from copilot.adapters.vector_cache import FileVectorCache
        from copilot.ingestion.pipeline import Ingestion

        with self.writer_lock.writing(wait=0), contextlib.ExitStack() as stack:
            roots, scope = self._roots(paths, kind, audience)
            reader = BoundedParser(self.limits)
            stack.callback(reader.close)
            pool = stack.enter_context(ThreadPoolExecutor(self.settings.readers))
            never_sent = retrieval.never_sent(self.workspace)
            ingestion = Ingestion(
                truth=self.truth,
                encoder=self.encoder,
                reader=reader,
                executor=pool,
                cache=FileVectorCache(config.cache_folder(), self.encoder.name),
                kept_back=never_sent if self.encoder.remote else (),
                limits=str(self.limits),
            )
            report = ingestion.run(roots, scope=scope, progress=progress, retry=retry)
            self.follower.catch_up(progress.step if progress else None)
        return report

    def forget(self, paths: Sequence[Path], *, progress: Progress | None = None) -> Report:
        """Drop what was ingested from places outside the workspace, and follow them no more.

        Raises:
            BadInput: One of them is not known.
            WorkspaceBusy: Another process is writing the workspace.
        """
        from copilot.ingestion.forgetting import forget

        with self.writer_lock.writing(wait=0):
            elsewhere = Elsewhere(self.workspace.state / "folders.json")
            report = forget(paths, home=self.workspace.root, elsewhere=elsewhere, truth=self.truth)
            self.follower.catch_up(progress.step if progress else None)
        return report

    def _roots(
        self, paths: Sequence[Path], kind: SourceKind | None, audience: str | None
    ) -> tuple[list[Root], list[str]]:
        """Return what to walk, and the beginnings of the paths that it speaks for."""
        home = self.workspace.root
        elsewhere = Elsewhere(self.workspace.state / "folders.json")
        knowledge = config.data_folder(_KNOWLEDGE)
        roots = [
            Root(label=f"{_KNOWLEDGE}/{part}", path=knowledge / part, kind=SourceKind.CATALOG)
            for part in ("tsc", "guidance")
        ]
        if not paths:
            roots += [Root(label=name, path=home / name) for name in WORKSPACE_FOLDERS]
            roots += [root for root in elsewhere.roots() if root.path.exists()]
            return roots, [_KNOWLEDGE, *WORKSPACE_FOLDERS, *(r.label for r in roots)]
        for path in paths:
            absolute = path.expanduser().absolute()
            if not absolute.exists():
                raise BadInput(f"{path} does not exist")
            if absolute.resolve() == home:
                # Under other labels every file would be there twice, and without its manifest.
                raise BadInput(
                    f"{path} is the workspace itself", hint="Run `copilot ingest` without a path."
                )
            if home.is_relative_to(absolute.resolve()):
                # Likewise, and every run would walk all that stands beside it.
                raise BadInput(
                    f"{path} has the workspace itself in it",
                    hint="Name the folder with your files.",
                )
            if absolute.resolve().is_relative_to(home):
                label = absolute.resolve().relative_to(home).as_posix()
                roots.append(Root(label=label, path=absolute, kind=kind, audience=audience))
            else:
                roots.append(elsewhere.add(absolute, kind, audience))
        return roots, [root.label for root in roots]
