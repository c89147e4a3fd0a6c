"""The backbones of KerasHub, small, in every form that attends in a way of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import keras_hub

M = keras_hub.models

_TEXT = {"vocabulary_size": 60, "num_layers": 2, "num_heads": 2, "hidden_dim": 16, "intermediate_dim": 32}
_DECODER = {
    "vocabulary_size": 60,
    "num_layers": 2,
    "num_query_heads": 4,
    "num_key_value_heads": 2,
    "hidden_dim": 32,
    "intermediate_dim": 32,
}
_EXPERTS = {"num_experts": 4, "top_k": 2, "moe_intermediate_dim": 16}
_T5GEMMA = {
    **{f"{side}_{name}": value for side in ("encoder", "decoder") for name, value in {
        "hidden_dim": 32, "intermediate_dim": 32, "num_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
        "head_dim": 8, "layer_types": ["sliding_attention", "full_attention"],
    }.items()},
    "vocabulary_size": 60, "sliding_window": 4, "cross_attention_hidden_size": 32,
}  # fmt: skip
_SMOLLM = {
    "vocabulary_size": 60, "hidden_dim": 32, "intermediate_dim": 32, "num_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "attention_bias": False, "attention_dropout": 0.0, "rope_layer_enabled_list": [True, False],
    "layer_types": ["attention"] * 2, "mlp_bias": False, "layer_norm_epsilon": 1e-5, "max_position_embeddings": 64,
    "rope_theta": 10000.0, "partial_rotary_factor": 1.0,
}  # fmt: skip
_IMAGE = {"image_shape": (32, 32, 3)}
_VISION = {"patch_size": 8, "hidden_dim": 16, "num_layers": 2, "num_heads": 2, "intermediate_dim": 32, **_IMAGE}
_LINEAR = {
    "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 8, "linear_value_head_dim": 8,
    "layer_types": ["linear_attention", "full_attention"], "head_dim": 16,
}  # fmt: skip
_GEMMA3N = {
    "text_vocab_size": 60, "text_hidden_size": 16, "num_hidden_layers": 2, "pad_token_id": 0, "num_attention_heads": 2,
    "num_key_value_heads": 1, "head_dim": 8, "intermediate_size": [32, 32], "hidden_activation": "gelu_approximate",
    "layer_types": ["sliding_attention", "full_attention"], "sliding_window": 4, "rope_theta": 10000.0,
    "max_position_embeddings": 32, "vocab_size_per_layer_input": 60, "hidden_size_per_layer_input": 2, "altup_num_inputs": 2,
    "laurel_rank": 1,
}  # fmt: skip


def text(kind: str, **more: Any) -> Callable[[], keras.Model]:
    """Returns what makes a backbone with the settings that most encoders share."""
    return lambda: getattr(M, kind)(**{**_TEXT, **more})


def decoder(kind: str, **more: Any) -> Callable[[], keras.Model]:
    """Returns what makes a backbone with the settings that most decoders share."""
    return lambda: getattr(M, kind)(**{**_DECODER, **more})


def made(kind: str, **settings: Any) -> Callable[[], keras.Model]:
    """Returns what makes a backbone with settings of its own."""
    return lambda: getattr(M, kind)(**settings)


def two_towers(kind: str, **more: Any) -> Callable[[], keras.Model]:
    """Returns what makes a backbone of an encoder of images and one of texts."""

    def make() -> keras.Model:
        vision = getattr(M, f"{kind}VisionEncoder")(**_VISION)
        words = getattr(M, f"{kind}TextEncoder")(embedding_dim=16, max_sequence_length=10, **_TEXT)
        return getattr(M, f"{kind}Backbone")(vision_encoder=vision, text_encoder=words, **more)

    return make


def mit() -> keras.Model:
    """Returns an encoder whose keys are images made smaller."""
    return M.MiTBackbone(
        **_IMAGE, num_layers=2, hidden_dims=[8, 16], layerwise_depths=[1, 1], layerwise_num_heads=[1, 2],
        layerwise_sr_ratios=[2, 1], layerwise_patch_sizes=[7, 3], layerwise_strides=[4, 2], max_drop_path_rate=0.0,
    )  # fmt: skip


def segformer() -> keras.Model:
    """Returns a model that segments images, around such an encoder of four stages."""
    encoder = M.MiTBackbone(
        image_shape=(64, 64, 3), num_layers=4, hidden_dims=[8, 16, 24, 32], layerwise_depths=[1] * 4,
        layerwise_num_heads=[1, 1, 2, 2], layerwise_sr_ratios=[4, 2, 2, 1], layerwise_patch_sizes=[7, 3, 3, 3],
        layerwise_strides=[4, 2, 2, 2], max_drop_path_rate=0.0,
    )  # fmt: skip
    return M.SegFormerBackbone(image_encoder=encoder, projection_filters=16)


def d_fine() -> keras.Model:
    """Returns a detector whose decoder attends to a few places of images that each query chooses."""
    images = M.HGNetV2Backbone(
        stem_channels=[3, 8, 8],
        stackwise_stage_filters=[[8, 8, 16, 1, 3, 3], [16, 8, 16, 1, 3, 3], [16, 8, 32, 1, 3, 5], [32, 8, 32, 1, 3, 5]],
        apply_downsample=[False, True, True, True], use_lightweight_conv_block=[False, False, True, True],
        depths=[1, 1, 1, 1], hidden_sizes=[16, 16, 32, 32], embedding_size=8, use_learnable_affine_block=True,
        hidden_act="relu", image_shape=(None, None, 3), out_features=["stage3", "stage4"],
    )  # fmt: skip
    return M.DFineBackbone(
        backbone=images, decoder_in_channels=[16, 16], encoder_hidden_dim=16, num_denoising=0, num_labels=5, hidden_dim=16,
        learn_initial_query=False, num_queries=9, anchor_image_size=(64, 64), feat_strides=[16, 32], num_feature_levels=2,
        encoder_in_channels=[32, 32], encode_proj_layers=[1], num_attention_heads=2, encoder_ffn_dim=32, num_encoder_layers=1,
        hidden_expansion=0.5, depth_multiplier=0.5, eval_idx=-1, num_decoder_layers=2, decoder_attention_heads=2,
        decoder_ffn_dim=32, decoder_n_points=[3, 3], lqe_hidden_dim=8, num_lqe_layers=2, out_features=["stage3", "stage4"],
        image_shape=(64, 64, 3), seed=0,
    )  # fmt: skip


def depth_anything() -> keras.Model:
    """Returns a model of depth around an encoder of images."""
    encoder = M.DINOV2Backbone(
        patch_size=14, num_layers=4, hidden_dim=16, num_heads=2, intermediate_dim=32, image_shape=(112, 112, 3),
        position_embedding_shape=(112, 112),
    )  # fmt: skip
    return M.DepthAnythingBackbone(
        image_encoder=encoder, reassemble_factors=[4, 2, 1, 0.5], neck_hidden_dims=[8] * 4, fusion_hidden_dim=8,
        head_hidden_dim=8, head_in_index=-1, feature_keys=["stage1", "stage2", "stage3", "stage4"],
    )  # fmt: skip


def parseq() -> keras.Model:
    """Returns a reader of texts in images."""
    encoder = M.ViTBackbone(
        image_shape=(16, 32, 3),
        patch_size=8,
        num_layers=2,
        num_heads=2,
        hidden_dim=16,
        mlp_dim=32,
        use_class_token=False,
    )
    return M.PARSeqBackbone(
        encoder, vocabulary_size=60, max_label_length=10, decoder_hidden_dim=16, num_decoder_layers=1, num_decoder_heads=2,
        decoder_mlp_dim=32,
    )  # fmt: skip


BACKBONES: dict[str, Callable[[], keras.Model]] = {
    "albert": text("AlbertBackbone", embedding_dim=8, num_groups=1, num_inner_repetitions=1, max_sequence_length=20),
    "albert, two groups": text(
        "AlbertBackbone", embedding_dim=8, num_groups=2, num_inner_repetitions=2, max_sequence_length=20
    ),
    "bart": text("BartBackbone", max_sequence_length=20),
    "bert": text("BertBackbone", max_sequence_length=20),
    "bloom": text("BloomBackbone"),
    "clip": two_towers("CLIP", projection_dim=8),
    "d_fine": d_fine,
    "deberta_v3": text("DebertaV3Backbone", max_sequence_length=20, bucket_size=8),
    "deit": made("DeiTBackbone", **{**_VISION, "patch_size": 8}),
    "depth_anything": depth_anything,
    "dinov2": made("DINOV2Backbone", **_VISION, position_embedding_shape=(32, 32)),
    "dinov2, registers": made("DINOV2Backbone", **_VISION, position_embedding_shape=(32, 32), num_register_tokens=2),
    "dinov3": made("DINOV3Backbone", **_VISION),
    "distil_bert": text("DistilBertBackbone", max_sequence_length=20),
    "ed_rec": made(
        "EdRecBackbone", vocab_size=60, num_layers_enc=2, num_layers_dec=2, hidden_dim=16, intermediate_dim=32, num_heads=2
    ),
    "electra": made(
        "ElectraBackbone", vocab_size=60, num_layers=2, num_heads=2, hidden_dim=16, embedding_dim=8, intermediate_dim=32,
        max_sequence_length=20,
    ),
    "esm": text("ESMBackbone", max_sequence_length=20),
    "esm, absolute positions": text("ESMBackbone", max_sequence_length=20, position_embedding_type="absolute"),
    "f_net": lambda: M.FNetBackbone(60, 2, 16, 32, max_sequence_length=20),
    "falcon": lambda: M.FalconBackbone(60, 2, 4, 32, 32),
    "gemma": decoder("GemmaBackbone", head_dim=8),
    "gemma, one key head": decoder("GemmaBackbone", head_dim=8, num_key_value_heads=1),
    "gemma2": decoder(
        "GemmaBackbone", head_dim=8, use_post_ffw_norm=True, use_post_attention_norm=True, attention_logit_soft_cap=50,
        final_logit_soft_cap=30, sliding_window_size=4, use_sliding_window_attention=True, query_head_dim_normalize=False,
    ),
    "gemma3": lambda: M.Gemma3Backbone(
        60, 8, 2, 4, 2, 32, 32, 8, use_query_key_norm=True, use_sliding_window_attention=True, sliding_window_size=4
    ),
    "gemma3, both directions": lambda: M.Gemma3Backbone(60, 8, 2, 4, 2, 32, 32, 8, use_bidirectional_attention=True),
    "gemma3n": made("Gemma3nBackbone", **_GEMMA3N),
    "gemma4": lambda: M.Gemma4Backbone(60, 8, 2, 4, 2, 32, 32, 8, sliding_window_size=4, sliding_window_pattern=2),
    "gemma4, experts": lambda: M.Gemma4Backbone(
        60, 8, 2, 4, 2, 32, 32, 8, sliding_window_size=4, sliding_window_pattern=2, enable_moe_block=True, num_experts=4,
        expert_intermediate_dim=16, num_experts_per_token=2,
    ),
    "gpt2": text("GPT2Backbone", max_sequence_length=20),
    "gpt_neo_x": text("GPTNeoXBackbone", max_sequence_length=20),
    "gpt_oss": decoder("GptOssBackbone", num_experts=4, top_k=2, sliding_window=4, head_dim=8),
    "llama": decoder("LlamaBackbone"),
    "llama, one key head": decoder("LlamaBackbone", num_key_value_heads=1),
    "llama, as many key heads": decoder("LlamaBackbone", num_key_value_heads=4),
    "llama3": decoder("Llama3Backbone"),
    "metaclip2": two_towers("MetaCLIP2", projection_dim=8),
    "mistral": decoder("MistralBackbone", sliding_window=4),
    "mit": mit,
    "mixtral": decoder("MixtralBackbone", num_experts=4, top_k=2, sliding_window=4),
    "moonshine": made(
        "MoonshineBackbone", vocabulary_size=60, filter_dim=16, encoder_num_layers=2, decoder_num_layers=2, hidden_dim=16,
        intermediate_dim=32, encoder_num_heads=2, decoder_num_heads=2,
    ),
    "opt": text("OPTBackbone", max_sequence_length=20),
    "pali_gemma": made(
        "PaliGemmaBackbone", **{**_DECODER, "head_dim": 8}, image_size=16, vit_patch_size=4, vit_num_heads=2,
        vit_hidden_dim=16, vit_num_layers=1,
    ),
    "parseq": parseq,
    "phi3": decoder("Phi3Backbone"),
    "qwen": decoder("QwenBackbone"),
    "qwen, sliding": decoder("QwenBackbone", use_sliding_window_attention=True, sliding_window_size=4),
    "qwen_moe": decoder("QwenMoeBackbone", **_EXPERTS, shared_expert_intermediate_dim=16),
    "qwen3": decoder("Qwen3Backbone", head_dim=8),
    "qwen3_moe": decoder("Qwen3MoeBackbone", **_EXPERTS, head_dim=8),
    "qwen3_5": decoder("Qwen3_5Backbone", **_LINEAR),
    "qwen3_5_moe": made(
        "Qwen3_5MoeBackbone",
        **{**{name: value for name, value in _DECODER.items() if name != "intermediate_dim"}, **_EXPERTS, **_LINEAR},
        shared_expert_intermediate_size=16,
    ),
    "roberta": text("RobertaBackbone", max_sequence_length=20),
    "roformer_v2": text("RoformerV2Backbone", head_size=8),
    "rwkv7": made("RWKV7Backbone", hidden_size=16, head_size=8, num_layers=2, vocabulary_size=60, intermediate_dim=32),
    "segformer": segformer,
    "siglip": two_towers("SigLIP"),
    "smollm": made("SmolLMBackbone", **_SMOLLM),
    "smollm3": made("SmolLM3Backbone", **_SMOLLM),
    "swin": made("SwinTransformerBackbone", **_IMAGE, embed_dim=8, depths=(2, 2), num_heads=(2, 2), window_size=4),
    "t5": text("T5Backbone"),
    "t5 1.0": text("T5Backbone", use_gated_activation=False, tie_embedding_weights=True),
    "t5gemma": made("T5GemmaBackbone", **_T5GEMMA),
    "t5gemma2": made("T5Gemma2Backbone", **{**_T5GEMMA, "cross_attention_hidden_size": None}),
    "video_prism": made(
        "VideoPrismBackbone", num_frames=3, patch_size=8, hidden_dim=16, intermediate_dim=32, num_heads=2,
        num_spatial_layers=1, num_temporal_layers=1, num_auxiliary_layers=0, **_IMAGE,
    ),
    "vit": made(
        "ViTBackbone", image_shape=(32, 32, 3), patch_size=8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32
    ),
    "vit, no class token": made(
        "ViTBackbone", image_shape=(32, 32, 3), patch_size=8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32,
        use_class_token=False,
    ),
    "vit_det": made(
        "ViTDetBackbone", hidden_size=8, num_layers=2, intermediate_dim=16, num_heads=2, global_attention_layer_indices=[1],
        image_shape=(16, 16, 3), patch_size=2, num_output_channels=4, window_size=4,
    ),
    "whisper": text("WhisperBackbone", num_mels=8, max_encoder_sequence_length=12, max_decoder_sequence_length=20),
    "xlm_roberta": text("XLMRobertaBackbone", max_sequence_length=20),
    "xlnet": text("XLNetBackbone"),
}  # fmt: skip
