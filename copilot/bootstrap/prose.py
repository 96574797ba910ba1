"""Wire the language model of a workspace: the second half of `bootstrap`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from copilot import config
from copilot.catalog import loading
from copilot.errors import InvalidPrompt, InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.adapters.call_log import FileCallLog
    from copilot.adapters.chat_models import LangchainModel
    from copilot.answering.prose import Prose
    from copilot.citations.gate import Gate
    from copilot.config import Workspace
    from copilot.domain.access import Principal
    from copilot.domain.prompting import ModelCheck
    from copilot.errors import CopilotError
    from copilot.generation.hiding import HidingRules
    from copilot.generation.judging import Judge
    from copilot.generation.persistence import Patient
    from copilot.generation.placeholders import Placeholders
    from copilot.generation.prompts import Prompts
    from copilot.generation.writing import Writer
    from copilot.mapping.reranking import Reranker
    from copilot.model_health import SeenModels
    from copilot.ports import SecretFinder, Truth
    from copilot.retrieval.search import Search
    from copilot.wording import Vocabulary


class LanguageModels:
    """What a workspace's settings say of language models, made when it is first needed.

    One for each process: what is known of a model that fails is kept from answer to answer.
    """

    def __init__(self, workspace: Workspace, people: Callable[[], Sequence[Principal]]) -> None:
        """Take the workspace, and what returns the people whose names are not for a model to see."""
        self._workspace = workspace
        self._settings = workspace.settings
        self._people = people
        self._hiding: tuple[Sequence[Principal], HidingRules] | None = None

    @property
    def configured(self) -> bool:
        """Whether there is a model at all."""
        return bool(self._settings.model.strip())

    @cached_property
    def chat(self) -> LangchainModel:
        """The model that writes answers.

        Raises:
            InvalidSettings: The settings name none that can be used.
        """
        from copilot.adapters.chat_models import connect

        return connect(
            self._settings.model.strip(),
            base_url=self._settings.base_url.strip(),
            api_key_file=self._workspace.api_key_file,
        )

    @cached_property
    def judge(self) -> LangchainModel:
        """The second model, which has a say on claims."""
        from copilot.adapters.chat_models import connect

        named = self._settings.judge.strip()
        # Where another provider is served, and what its key is, is none of this one's business.
        alike = named.partition(":")[0] == self._settings.model.strip().partition(":")[0]
        return connect(
            named,
            base_url=self._settings.base_url.strip() if alike else "",
            api_key_file=self._workspace.api_key_file if alike else None,
            setting="judge",
        )

    @cached_property
    def prompts(self) -> Prompts:
        """The prompts, with those that the workspace replaces."""
        from copilot.generation.prompts import Prompts

        return Prompts(config.data_folder("prompts"), self._workspace.root / "prompts")

    @cached_property
    def calls(self) -> FileCallLog:
        """The log of calls."""
        from copilot.adapters.call_log import FileCallLog

        file = self._workspace.state / "model-calls.jsonl"
        return FileCallLog(file, price=self._settings.model_price)

    @cached_property
    def _patient(self) -> Patient:
        from copilot.generation.persistence import Patient

        return Patient(self.chat)

    def _hiding_rules(self) -> HidingRules:
        """Return what is hidden now: somebody may have been added since the last answer."""
        from copilot.adapters.secret_finding import DetectSecretsFinder
        from copilot.generation.hiding import HidingRules, read_hidden

        known, kept = self._people(), self._hiding
        if kept is not None and kept[0] == known:
            return kept[1]
        ordinary = frozenset(loading.load_common_words(config.data_folder("knowledge")))
        finder: SecretFinder = DetectSecretsFinder(ordinary=ordinary)
        rules = HidingRules(
            finder,
            patterns=read_hidden(self._settings.hide),
            people=known,
            ordinary=ordinary,
        )
        self._hiding = known, rules
        return rules

    def placeholders(self) -> Placeholders:
        """Return fresh placeholders for one answer."""
        from copilot.generation.placeholders import Placeholders

        return Placeholders(self._hiding_rules())

    def prose(self, *, truth: Truth, search: Search, vocabulary: Vocabulary) -> Prose | None:
        """Return what writes answers over a workspace, or nothing if no model is configured.

        Raises:
            InvalidSettings: The settings name a model that cannot be used, or a pattern is wrong.
            InvalidPrompt: A prompt of the workspace breaks the form.
        """
        if not self.configured:
            return None
        from copilot.answering.prose import Prose

        return Prose(
            writer=self.writer(truth=truth, search=search, vocabulary=vocabulary),
            chat=self._patient,
            prompts=self.prompts,
            hiding=self.placeholders,
            calls=self.calls,
            vocabulary=vocabulary,
            never_send=self._settings.never_send,
            seconds=self._settings.model_seconds,
        )

    def writer(self, *, truth: Truth, search: Search, vocabulary: Vocabulary) -> Writer:
        """Return what lets the model make claims and releases those that pass the gate.

        Raises:
            InvalidSettings: The settings name a model that cannot be used, or a pattern is wrong.
            InvalidPrompt: A prompt of the workspace breaks the form.
        """
        from copilot.generation.hiding import read_hidden
        from copilot.generation.writing import Writer

        for name in self.prompts.names():
            self.prompts.load(name)  # a prompt that breaks its form is better found now
        read_hidden(self._settings.hide)  # as is a pattern
        self.chat.prepare(max_tokens=self._settings.model_max_tokens)
        return Writer(
            chat=self._patient,
            prompts=self.prompts,
            gate=self._gate(truth, search, vocabulary),
            vocabulary=vocabulary,
            hiding=self.placeholders,
            calls=self.calls,
            max_tokens=self._settings.model_max_tokens,
            judge=self._judging,
        )

    def reranker(
        self, vocabulary: Vocabulary, encode: Callable[[Sequence[str]], NDArray[np.float32]]
    ) -> Reranker | None:
        """Return what orders close suggestions of the mapper, or nothing if no model is asked.

        Args:
            vocabulary: Turns words into concepts.
            encode: Turns texts into unit vectors.

        Raises:
            InvalidSettings: The settings name a model that cannot be used, or a pattern is wrong.
            InvalidPrompt: The workspace's own prompt breaks the form.
        """
        if not self.configured or not self._settings.model_map_calls:
            return None
        from copilot.citations.gate import Gate
        from copilot.citations.support import Support
        from copilot.generation.hiding import read_hidden
        from copilot.generation.instructions import spoils
        from copilot.mapping.reranking import Reranker

        self.prompts.load("rerank")
        read_hidden(self._settings.hide)
        self.chat.prepare(max_tokens=self._settings.model_max_tokens)
        support = Support(vocabulary, encode, company=self._settings.company)
        return Reranker(
            chat=self._patient,
            prompts=self.prompts,
            gate=lambda texts: Gate(truth=texts, support=support, spoiled=spoils),
            hiding=self.placeholders,
            calls=self.calls,
            max_tokens=self._settings.model_max_tokens,
            seconds=self._settings.model_seconds,
            most_calls=self._settings.model_map_calls,
        )

    def examination(self) -> SeenModels:
        """Return what a small call to each model shows, and what else can be seen of them."""
        from datetime import UTC, datetime, timedelta

        from copilot.model_health import SeenModels

        checks = [
            (setting, self._checked(setting))
            for setting in ("model", "judge")
            if getattr(self._settings, setting).strip()
        ]
        problem: CopilotError | None = None
        try:
            for name in self.prompts.names():
                self.prompts.load(name)
        except InvalidPrompt as exc:
            problem = exc
        known, own = set(self.prompts.names()), self.prompts.own_names()
        since = datetime.now(UTC) - timedelta(days=30)
        return SeenModels(
            checks=checks,
            prompt_problem=problem,
            own_prompts=[name for name in own if name in known],
            unused_prompts=[name for name in own if name not in known],
            calls=[one for one in self.calls.calls() if one.at >= since],
        )

    def _checked(self, setting: str) -> ModelCheck | CopilotError:
        try:
            chat = self.chat if setting == "model" else self.judge
            return chat.probe(seconds=self._settings.model_seconds)
        except InvalidSettings as exc:
            return exc

    def _gate(self, truth: Truth, search: Search, vocabulary: Vocabulary) -> Gate:
        from copilot.citations.gate import Gate
        from copilot.citations.support import Support
        from copilot.generation.instructions import spoils

        support = Support(vocabulary, search.encode_all, company=self._settings.company)
        return Gate(truth=truth, support=support, spoiled=spoils)

    @cached_property
    def _judging(self) -> Judge | None:
        if not self._settings.judge.strip():
            return None
        from copilot.generation.judging import Judge
        from copilot.generation.persistence import Patient

        return Judge(Patient(self.judge), self.prompts, hiding=self.placeholders, calls=self.calls)
