"""A voice pack on disk, opened: its manifest, and files that are what the manifest says."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from voicepack.runtime import integrity
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.embedding_tables import EmbeddingTables
from voicepack.runtime.errors import PackError, TextError
from voicepack.runtime.manifest import GraphEntry, Manifest
from voicepack.runtime.manifest_json import MANIFEST_NAME, MAX_MANIFEST_BYTES, parse
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.prompt_file import PromptLimits, load_prompt
from voicepack.runtime.text.lexicon import NO_WORDS, Lexicon
from voicepack.runtime.text.lexicon_file import load_lexicon
from voicepack.runtime.text.symbols import TABLE_SIZES, symbol_table


@dataclass(frozen=True)
class VoicePack:
    """A voice pack whose files were found in order."""

    root: Path
    """The folder."""
    manifest: Manifest

    @staticmethod
    def open(path: Path) -> VoicePack:
        """Open a pack and verify all of it.

        Raises:
            PackError: It is no voice pack, is meant for a newer runtime, is damaged, or would lead
                out of its folder. All faults of the files are named.
        """
        manifest = read_manifest(path)
        _raise_on(integrity.size_faults(path, manifest.files), path)
        _raise_on(integrity.hash_faults(path, manifest.files), path)
        _raise_on(integrity.graph_faults(path, manifest.all_graphs, manifest.files), path)
        return VoicePack(path, manifest)

    @staticmethod
    def open_without_hashing(path: Path) -> VoicePack:
        """Open a pack that was verified before, and look only whether its files are all there.

        For devices that verify when a pack is installed and must start fast. A file whose content
        changed but not its size goes unnoticed.

        Raises:
            PackError: As `open`, but for changed content.
        """
        manifest = read_manifest(path)
        _raise_on(integrity.size_faults(path, manifest.files), path)
        _raise_on(integrity.graph_faults(path, manifest.all_graphs, manifest.files), path)
        return VoicePack(path, manifest)

    def graph(self, role: GraphRole) -> GraphEntry:
        """Find the graph of `role`.

        Raises:
            PackError: The pack has none.
        """
        for graph in self.manifest.graphs:
            if graph.role is role:
                return graph
        known = ", ".join(graph.role.value for graph in self.manifest.graphs) or "none"
        raise PackError(
            f"{self.root}: no {role.value} graph in the pack (it has: {known}). "
            "Export the voice again."
        )

    def path(self, name: str) -> Path:
        """Turn the path of a file inside the pack into one that can be opened.

        Raises:
            PackError: The manifest does not list the file.
        """
        if name not in self.manifest.files:
            raise PackError(
                f"{self.root}: the pack lists no file {name!r}. Export the voice again."
            )
        return self.root / name

    def prompt(self, name: str | None = None) -> Prompt:
        """Read a reference; without a name the first, which is the default.

        Raises:
            PackError: The pack has no reference of that name, or its arrays are damaged.
        """
        references = {reference.name: reference for reference in self.manifest.references}
        entry = self.manifest.references[0] if name is None else references.get(name)
        if entry is None:
            raise PackError(
                f"{self.root}: no reference {name!r} in the pack. "
                f"Choose one of: {', '.join(references)}."
            )
        limits = PromptLimits(
            num_phones=TABLE_SIZES[self.manifest.symbols],
            num_tokens=self.manifest.text2semantic.vocabulary - 1,
        )
        return load_prompt(self.path(entry.file), entry, limits)

    def embeddings(self) -> EmbeddingTables:
        """Read the tables with which the host embeds phones and tokens.

        Raises:
            PackError: They are damaged, or do not fit the text2semantic graph.
        """
        tables = EmbeddingTables.load(self.path(self.manifest.embeddings))
        shape = self.manifest.text2semantic
        expected = (shape.vocabulary, shape.num_heads * shape.head_size)
        num_phones = TABLE_SIZES[self.manifest.symbols]
        if tables.token.shape != expected or len(tables.phone) < num_phones:
            raise PackError(
                f"{self.root}: embedding tables for {len(tables.phone)} phones and tokens of "
                f"shape {tables.token.shape}, but the manifest says {num_phones} and {expected}. "
                "Export the voice again."
            )
        return tables

    def lexicon(self) -> Lexicon:
        """Read the words whose pronunciation the maker gave; a pack may have none.

        Raises:
            PackError: They cannot be read, or are not for this voice.
        """
        if not self.manifest.lexicon:
            return NO_WORDS
        try:
            return load_lexicon(
                self.path(self.manifest.lexicon), symbol_table(self.manifest.symbols)
            )
        except TextError as error:
            raise PackError(f"{error}\nExport the voice again.") from error

    def check_content(self) -> None:
        """Read every reference, the tables and the lexicon, to see that they can be read.

        Raises:
            PackError: One of them is damaged.
        """
        self.embeddings()
        self.lexicon()
        for reference in self.manifest.references:
            self.prompt(reference.name)


def read_manifest(root: Path) -> Manifest:
    """Read the manifest of the pack in the folder `root`, and nothing else of it.

    Raises:
        PackError: There is none, or it is not one that this runtime can use.
    """
    file = root / MANIFEST_NAME
    if not root.exists():
        raise PackError(f"{root}: no such folder. Give the path of a voice pack.")
    if root.is_file() and zipfile.is_zipfile(root):
        raise PackError(f"{root}: a packed voice pack. Run `voicepack unpack {root}` first.")
    if not file.is_file():
        raise PackError(f"{root}: not a voice pack: it has no {MANIFEST_NAME}.")
    with file.open("rb") as stream:
        return decode_manifest(stream.read(MAX_MANIFEST_BYTES + 1), str(root))


def decode_manifest(data: bytes, source: str) -> Manifest:
    """Read a manifest from its bytes, of which too many were offered if it is too long.

    Raises:
        PackError: It is not a manifest that this runtime can use.
    """
    if len(data) > MAX_MANIFEST_BYTES:
        raise PackError(f"{source}: the manifest has more than {MAX_MANIFEST_BYTES} bytes.")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise PackError(f"{source}: the manifest is not UTF-8. Get the pack again.") from error
    return parse(text, source)


def _raise_on(faults: integrity.Faults, root: Path) -> None:
    if faults:
        listed = "\n  ".join(f"{path}: {fault}" for path, fault in faults.items())
        raise PackError(
            f"{root}: the pack is damaged, get it again or export it again:\n  {listed}"
        )
