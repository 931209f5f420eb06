"""What was written before can be called back."""

from simulator.prompt_line import PromptLine


def taken(line: PromptLine, text: str) -> str:
    line.open()
    line.write(text)
    return line.take()


def test_a_line_is_written_and_taken() -> None:
    line = PromptLine()
    line.open()
    line.write("darkk")
    line.erase()
    assert line.text == "dark" and line.take() == "dark" and line.text is None


def test_lines_are_called_back_newest_first() -> None:
    line = PromptLine()
    for text in ("one", "two", "one"):
        taken(line, text)
    line.open()
    shown = []
    for lines in (1, 1, 1, -1, -1, -1):
        line.look_back(lines)
        shown.append(line.text)
    assert shown == ["one", "two", "two", "one", "", ""]


def test_a_line_that_is_left_is_forgotten() -> None:
    line = PromptLine()
    taken(line, "kept")
    line.open()
    line.write("gone")
    line.leave()
    line.open()
    line.look_back(1)
    assert line.text == "kept"
