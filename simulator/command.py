"""What the player can ask of the program, as opposed to the generated desktop."""

from enum import Enum


class Command(Enum):
    """A command; its value is the line that the help shows."""

    OVERLAY = "show rates and numbers"
    TINT = "tint the tiles painted last"
    HEAT = "show where a change is expected"
    BESIDE = "show the recording that is replayed at the left"
    SCREENSHOT = "save a screenshot"
    RESET = "begin anew"
    REWIND = "go back a second"
    NEXT_SEED = "begin anew with the next seed"
    PAUSE = "pause and go on"
    SINGLE_STEP = "one step while paused"
    SLOWER = "slower"
    FASTER = "faster"
    FEWER_STEPS = "fewer sampling steps a frame, from the next one on"
    MORE_STEPS = "more sampling steps a frame"
    LESS_GUIDANCE = "less guidance by the prompt, from the next frame on"
    MORE_GUIDANCE = "more guidance by the prompt"
    PROMPT = "write the prompt"
    HELP = "this help"
    FULLSCREEN = "fill the screen"
    SMOOTH = "smooth instead of whole-number scale"
    RECORD = "start and stop a recording"
    GIF = "start and stop a GIF"
    GRAB = "send every key into the desktop, and let go again"
    QUIT = "leave"
