"""What tiles showed before: play's cache equals what training reads from the track, whatever the order of contents."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.recall import NEW, SLOTS, Recall, different

CONTENTS = torch.randn(30, 5, generator=torch.Generator().manual_seed(0))


@given(st.lists(st.tuples(st.integers(0, 29), st.integers(1, 9)), min_size=1, max_size=24))
def test_play_and_training_know_the_same_contents(changes: list[tuple[int, int]]) -> None:
    recall, shown, arrived, frame = Recall(CONTENTS[:1]), [0], [0], 0
    tile = torch.tensor([0])
    for content, pause in changes:
        frame += pause
        if content == shown[-1]:
            continue  # no change
        recall.show(tile, CONTENTS[content : content + 1], frame)
        shown.append(content)
        arrived.append(frame)
    slots = recall.slots(tile, frame + 2)
    ids, ages = different(np.array([shown]), np.array([arrived]), frame + 2)
    count = min(len(set(shown)), SLOTS)
    assert slots.there[0].tolist() == [True] * count + [False] * (SLOTS - count)
    assert torch.equal(slots.latent[0, :count], CONTENTS[ids[0, :count]])
    assert slots.age[0, :count].tolist() == ages[0, :count].tolist()


def test_the_least_recently_shown_content_is_dropped() -> None:
    contents = np.arange(SLOTS + 3)[None]
    ids, _ = different(contents, contents, SLOTS + 3)
    assert ids[0].tolist() == list(range(SLOTS + 2, 2, -1))
    assert NEW not in range(SLOTS)


def test_a_tile_without_a_past_knows_only_what_it_shows() -> None:
    ids, ages = different(np.array([[-1, -1, 4]]), np.array([[-1, -1, 0]]), 7)
    assert ids[0].tolist() == [4, -1, -1]
    assert ages[0].tolist() == [0, 0, 0]


def test_rounding_makes_no_new_content() -> None:
    recall = Recall(CONTENTS[:1])
    recall.show(torch.tensor([0]), CONTENTS[1:2], 1)
    recall.show(torch.tensor([0]), CONTENTS[:1] + 0.005, 2)
    assert recall.slots(torch.tensor([0]), 3).there.sum() == 2
