"""The generations of GPT-SoVITS, and how to tell them apart by what a checkpoint holds."""

from __future__ import annotations

from dataclasses import dataclass, fields

from voicepack.export.checkpoint import Checkpoint
from voicepack.export.errors import CheckpointError
from voicepack.export.safe_load import VERSION_HEADERS
from voicepack.runtime.text.symbols import TABLE_LANGUAGES, TABLE_SIZES

_SYMBOL_EMBEDDING = "enc_p.text_embedding.weight"
_FIRST_UPSAMPLE = ("dec.ups.0.weight_v", "dec.ups.0.weight")
_GPT_SYMBOL_EMBEDDING = "model.ar_text_embedding.word_embeddings.weight"


@dataclass(frozen=True)
class Signs:
    """What can be seen in a SoVITS checkpoint. In the table of generations, None fits anything."""

    num_symbols: int | None = None
    """Rows of the phone embedding. A LoRA file has no such embedding."""
    speaker_branch: bool | None = None
    """Has a layer for the speaker-verification embedding."""
    first_upsample_kernel: int | None = None
    flow_matching: bool | None = None
    """Makes mel frames by flow matching, in place of a vocoder that is part of the model."""
    low_rank: bool | None = None
    """Holds differences to a base model (LoRA), not a model."""
    declared: str | None = None
    """Generation by header or config. Only believed where nothing else tells."""

    def fit(self, found: Signs) -> bool:
        """Tell whether every sign that is asked for was found."""
        wanted = ((getattr(self, field.name), getattr(found, field.name)) for field in fields(self))
        return all(sign is None or sign == other for sign, other in wanted)


@dataclass(frozen=True)
class Generation:
    """One generation of the model."""

    name: str
    signs: Signs
    symbols: str
    """Id of the symbol table."""
    obstacle: str = ""
    """What export would need and does not have yet; empty where it can be exported."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages it was trained for."""
        return TABLE_LANGUAGES[self.symbols]


_FLOW_MATCHING = "it would need graphs for its flow matching and its vocoder"
_BASE_MODEL = "its base model, for a LoRA file holds differences only"


def _flow_matching(name: str, declared: str | None) -> Generation:
    signs = Signs(flow_matching=True, low_rank=False, declared=declared)
    return Generation(name, signs, "v2", _FLOW_MATCHING)


def _low_rank(name: str, declared: str | None) -> Generation:
    signs = Signs(flow_matching=True, low_rank=True, declared=declared)
    return Generation(name, signs, "v2", f"{_FLOW_MATCHING}, and {_BASE_MODEL}")


GENERATIONS = (
    Generation("v1", Signs(num_symbols=322, speaker_branch=False, flow_matching=False), "v1"),
    Generation("v2", Signs(num_symbols=732, speaker_branch=False, flow_matching=False), "v2"),
    Generation(
        "v2ProPlus",
        Signs(num_symbols=732, speaker_branch=True, first_upsample_kernel=20),
        "v2",
    ),
    Generation("v2Pro", Signs(num_symbols=732, speaker_branch=True), "v2"),
    _flow_matching("v3", "v3"),
    _flow_matching("v4", "v4"),
    _flow_matching("v3 or v4", None),
    _low_rank("v3-lora", "v3"),
    _low_rank("v4-lora", "v4"),
    _low_rank("v3-lora or v4-lora", None),
)
"""Every generation there is; the first whose signs fit is the one."""


def recognise(sovits: Checkpoint) -> Generation:
    """Tell the generation of a SoVITS checkpoint by its content.

    Raises:
        CheckpointError: The content fits no generation.
    """
    found = read_signs(sovits)
    for generation in GENERATIONS:
        if generation.signs.fit(found):
            return generation
    raise CheckpointError(
        f"{sovits.path}: of no known generation. Found: {found}. Known: "
        f"{', '.join(generation.name for generation in GENERATIONS)}. Take the file as training "
        "wrote it."
    )


def recognise_pair(gpt: Checkpoint, sovits: Checkpoint) -> Generation:
    """Tell the generation of a voice that is to be exported, which is that of its SoVITS file.

    A GPT file names no generation. As upstream does, it is given the phones of the SoVITS file's
    symbol table, so it serves whenever it embeds that many: v2's knows all phones of v1, while
    v1's embeds 512, of which it learnt 322, where v2 has 732.

    Raises:
        CheckpointError: The generation is unknown or cannot be exported, or the GPT lacks phones.
    """
    generation = recognise(sovits)
    if generation.obstacle:
        able = ", ".join(each.name for each in GENERATIONS if not each.obstacle)
        raise CheckpointError(
            f"{sovits.path}: generation {generation.name} cannot be exported: "
            f"{generation.obstacle}. This voicepack exports {able}."
        )
    embedded, needed = gpt.size(_GPT_SYMBOL_EMBEDDING, 0), TABLE_SIZES[generation.symbols]
    if embedded < needed:
        raise CheckpointError(
            f"{gpt.path} embeds {embedded} phones (v1 has 512, all later ones 732), but "
            f"{sovits.path} ({generation.name}) speaks with the {needed} phones of symbol table "
            f"{generation.symbols}. Take a GPT checkpoint of generation {generation.symbols} or "
            "later."
        )
    return generation


def read_signs(sovits: Checkpoint) -> Signs:
    """Look for what tells the generations apart."""
    names = sovits.weights
    has_symbols = _SYMBOL_EMBEDDING in names
    first_upsample = next((name for name in _FIRST_UPSAMPLE if name in names), None)
    return Signs(
        num_symbols=sovits.size(_SYMBOL_EMBEDDING, 0) if has_symbols else None,
        speaker_branch="sv_emb.weight" in names,
        first_upsample_kernel=sovits.size(first_upsample, 2) if first_upsample else None,
        flow_matching=any(name.startswith("cfm.") for name in names),
        low_rank=any(".lora_A." in name for name in names),
        declared=_declared(sovits),
    )


def _declared(sovits: Checkpoint) -> str | None:
    """Return the generation that header or config state, without "-lora"."""
    model = sovits.config.get("model")
    in_model = model.get("version") if isinstance(model, dict) else None
    version = VERSION_HEADERS.get(sovits.header) or in_model or sovits.config.get("version")
    return version.removesuffix("-lora") if isinstance(version, str) else None
