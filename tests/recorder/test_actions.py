"""The action table: its three numberings are one-to-one, and files refuse another table."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recorder import schema
from recorder.actions import (
    BUTTONS,
    KEY_BY_EVDEV,
    KEY_BY_HID,
    KEY_INDEX,
    KEYS,
    X11_BUTTONS,
    Event,
    EventKind,
    table_hash,
)

INT32 = st.integers(-(2**31), 2**31 - 1)
INT16 = st.integers(-(2**15), 2**15 - 1)
EVENTS = st.builds(
    Event,
    t_ns=st.integers(-(2**63), 2**63 - 1),
    kind=st.sampled_from(EventKind),
    code=st.integers(0, len(KEYS) - 1),
    x_px=INT32,
    y_px=INT32,
    dx=INT16,
    dy=INT16,
    symbol=st.integers(0, 2**32 - 1),
)


@given(st.sampled_from(range(len(KEYS))))
def test_each_name_and_number_leads_back_to_its_key(index: int) -> None:
    key = KEYS[index]
    assert KEY_INDEX[key.name] == KEY_BY_EVDEV[key.evdev] == KEY_BY_HID[key.hid] == index


def test_keys_that_can_be_looked_up_elsewhere() -> None:
    by_name = {key.name: (key.evdev, key.hid) for key in KEYS}  # linux/input-event-codes.h, HID usage tables
    assert by_name["KeyA"] == (30, 0x04)
    assert by_name["KeyZ"] == (44, 0x1D)
    assert by_name["Digit1"] == (2, 0x1E)
    assert by_name["Digit0"] == (11, 0x27)
    assert by_name["F10"] == (68, 0x43)
    assert by_name["F12"] == (88, 0x45)
    assert set(X11_BUTTONS.values()) == set(BUTTONS)


def test_hash_is_that_of_the_recordings_there_are() -> None:
    assert table_hash() == "15ec2bbee792aad6"  # changing the table makes every session and checkpoint unreadable


@given(EVENTS)
def test_event_survives_its_row(event: Event) -> None:
    row = np.array([schema.event_row(event)], schema.EVENT_DTYPE)[0]
    assert schema.event_from_row(row) == event
