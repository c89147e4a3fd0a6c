"""What is not drawn right yet, by specimen, with the reason; the list must shrink, and what is right must leave it."""

_NAME = "the name of the class decides, where what is computed could"

NOT_YET: dict[str, str] = {
    "neighbours_gathered": "queries whose values are gathered around them count as heads",
    "pairs_of_fields": "keys made of two words each are called by the first",
    "weights_convolved": "weights behind a convolution are not found, and not named",
    "attention_called_experts": _NAME,
    "attention_called_a_router": _NAME,
    "experts_called_attention": _NAME,
    "branches_called_attention": _NAME,
}
