"""What a text asks of the world model, as one token of its backbone."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from models.layers import Attention, attend
from models.world_config import WorldConfig


class TextReader(nn.Module):
    """Cross-attention from the null text's token to the token states of CLIP's text tower."""

    def __init__(self, config: WorldConfig) -> None:
        super().__init__()
        self.enter = nn.Linear(config.text, config.width)
        self.attention = Attention(config.width)

    def forward(
        self, no_text: Float[Tensor, "b 1 d"], text: Float[Tensor, "b l e"], there: Bool[Tensor, "b l"]
    ) -> Float[Tensor, "b 1 d"]:
        """The null text where no token is there."""
        if not there.shape[1]:
            return no_text
        asked = there.any(dim=1)
        if not bool(asked.any()):
            return no_text
        attention = self.attention
        read = attention.norm(self.enter(text.to(no_text.dtype)))
        key, value = (part.transpose(1, 2) for part in attention.key_value(read))
        query = attention.query(attention.norm(no_text)).transpose(1, 2)
        mixed = attention.out(attend(query, key, value, there).transpose(1, 2).flatten(2))
        return torch.where(asked[:, None, None], no_text + mixed, no_text)
