"""Where the picture lies: whole-number scale, centred; every window pixel has a picture pixel."""

from hypothesis import given
from hypothesis import strategies as st

from simulator.viewport import Viewport, to_pixels

sides = st.tuples(st.integers(40, 3000), st.integers(40, 3000))


def test_whole_number_scale_is_centred() -> None:
    viewport = Viewport.fit((512, 384), (1200, 900), smooth=False)
    assert (viewport.scale, viewport.left_px, viewport.top_px) == (2, 88, 66)
    assert viewport.picture_px == (1024, 768)


def test_smooth_fills_the_window() -> None:
    assert Viewport.fit((512, 384), (1200, 900), smooth=True).picture_px == (1200, 900)


def test_a_small_window_still_shows_all() -> None:
    assert Viewport.fit((512, 384), (256, 300), smooth=False).picture_px == (256, 192)


@given(sides, st.booleans(), st.integers(-50, 3050), st.integers(-50, 3050))
def test_any_window_pixel_maps_into_the_picture(window: tuple[int, int], smooth: bool, x: int, y: int) -> None:
    x_px, y_px = Viewport.fit((512, 384), window, smooth=smooth).to_picture(x, y)
    assert 0 <= x_px < 512 and 0 <= y_px < 384


@given(sides, st.integers(0, 511), st.integers(0, 383))
def test_there_and_back(window: tuple[int, int], x_px: int, y_px: int) -> None:
    viewport = Viewport.fit((512, 384), window, smooth=False)
    if viewport.scale >= 1:
        assert viewport.to_picture(*viewport.to_window(x_px, y_px)) == (x_px, y_px)


def test_a_dense_screen_has_several_pixels_a_unit() -> None:
    assert to_pixels(33, 44, (512, 384), (512, 384)) == (33, 44)
    assert to_pixels(33, 44, (512, 384), (1024, 768)) == (66, 88)
    assert to_pixels(511, 383, (512, 384), (768, 576)) == (766, 574)
