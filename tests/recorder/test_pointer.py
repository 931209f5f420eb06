"""The pointer is painted where its hotspot says, blended by straight alpha, cut at the edges."""

import numpy as np

from recorder.pointer import PointerShape, draw_pointer


def shape(alpha: int) -> PointerShape:
    rgba = np.zeros((2, 2, 4), np.uint8)
    rgba[..., 0], rgba[..., 3] = 200, alpha
    return PointerShape(rgba=rgba, hot_x_px=1, hot_y_px=0)


def test_hotspot_and_blend_by_hand() -> None:
    frame = np.full((4, 5, 3), 100, np.uint8)
    out = draw_pointer(frame, shape(51), x_px=3, y_px=1)  # covers x 2..3, y 1..2
    expected = frame.copy()
    expected[1:3, 2:4] = (120, 80, 80)  # 0.2 * 200 + 0.8 * 100; 0.8 * 100
    np.testing.assert_array_equal(out, expected)
    assert (frame == 100).all()


def test_cut_at_the_corner() -> None:
    frame = np.zeros((4, 5, 3), np.uint8)
    out = draw_pointer(frame, shape(255), x_px=0, y_px=3)  # only the shape's upper right pixel is inside
    assert out[3, 0].tolist() == [200, 0, 0]
    assert out.sum() == 200


def test_outside_paints_nothing() -> None:
    frame = np.zeros((4, 5, 3), np.uint8)
    for x_px, y_px in ((-5, 0), (50, 0), (0, -5), (0, 50)):
        assert not draw_pointer(frame, shape(255), x_px, y_px).any()


def test_key_tells_shapes_apart() -> None:
    other = PointerShape(rgba=shape(9).rgba, hot_x_px=0, hot_y_px=0)
    assert shape(9).key() == shape(9).key() != other.key()
    assert shape(9).key() != shape(8).key()
