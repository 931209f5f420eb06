"""The home folder of the sandbox: settings that make the desktop plain and quiet, and a few files."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from recorder.explorer.appearance import THEMES, WALLPAPERS, Appearance, gradient
from recorder.explorer.apps import APPS, App

PANEL_HEIGHT_PX = 28
XFCONF_TYPE = {bool: "bool", int: "int", float: "double", str: "string"}
_PANEL_POSITION = {"top": 6, "bottom": 8}  # as xfce4-panel numbers the corners on the left
_IN_MENU = ("terminal", "files", "editor")  # whatever else there is comes after them
FILES = {
    "notes.txt": "milk\nbread\ncall anna\n",
    "todo.txt": "water plants\nfix bike\n",
    "Documents/letter.txt": "dear sam\nsee you soon\n",
    "Documents/plan.txt": "one\ntwo\nthree\n",
    "Pictures/list.txt": "sea\nhill\n",
}
FOLDERS = ("Desktop", "Documents", "Music", "Pictures")
BASHRC = "PS1='\\[\\e]0;Terminal\\a\\]alex@desk:\\w$ '\nHISTFILE=\nbind 'set bell-style none'\nunset PROMPT_COMMAND\n"
TERMINALRC = """[Configuration]
FontName=DejaVu Sans Mono 8
FontUseSystem=FALSE
MiscDefaultGeometry=46x13
MiscMenubarDefault=FALSE
MiscToolbarDefault=FALSE
MiscCursorBlinks=FALSE
MiscConfirmClose=FALSE
MiscShowUnsafePasteDialog=FALSE
ScrollingBar=TERMINAL_SCROLLBAR_NONE
TitleMode=TERMINAL_TITLE_REPLACE
TitleInitial=Terminal
ColorForeground=#e8e8e8
ColorBackground=#1e1e26
ColorCursor=#e8e8e8
"""
MOUSEPAD_KEYFILE = """[org/xfce/mousepad/preferences/view]
use-default-monospace-font=false
font-name='DejaVu Sans Mono 8'
[org/xfce/mousepad/preferences/window]
menubar-visible=true
toolbar-visible=false
statusbar-visible=false
remember-size=true
[org/xfce/mousepad/state/window]
width=uint32 310
height=uint32 200
[org/xfce/mousepad/preferences/file]
session-restore='never'
"""
CALCULATOR_CONF = """[general]

display_result_font="DejaVu Sans Bold 12"
custom_button_font=true
button_font="DejaVu Sans 8"
display_module_number=false
display_module_angle=false
display_module_notation=false
display_module_arith=false
display_module_open=false
mode=0
show_menu_bar=false
"""

MENU = """<!DOCTYPE Menu PUBLIC "-//freedesktop//DTD Menu 1.0//EN" "http://www.freedesktop.org/standards/menu-spec/1.0/menu.dtd">
<Menu>
  <Name>Xfce</Name>
  <DefaultAppDirs/>
  <Include><Filename>dreamdesk-terminal.desktop</Filename><Filename>dreamdesk-files.desktop</Filename></Include>
  <Menu>
    <Name>Accessories</Name>
    <Include><Filename>dreamdesk-editor.desktop</Filename><Filename>dreamdesk-files.desktop</Filename>@MORE@</Include>
  </Menu>
  <Layout>
    <Filename>dreamdesk-terminal.desktop</Filename><Filename>dreamdesk-files.desktop</Filename>
    <Separator/><Menuname>Accessories</Menuname>
  </Layout>
</Menu>
"""


def write_home(home: Path, appearance: Appearance, launchers: Sequence[str]) -> None:
    """Make the home folder of an ordinary user with that look and these applications (keys of APPS) in the panel."""
    (home.parent / "run").mkdir(mode=0o700, parents=True)
    for folder in FOLDERS:
        (home / folder).mkdir(parents=True)
    for name, text in FILES.items():
        (home / name).write_text(text)
    (home / ".bashrc").write_text(BASHRC)
    config = home / ".config"
    _write(config / "xfce4/terminal/terminalrc", TERMINALRC)
    _write(config / "glib-2.0/settings/keyfile", MOUSEPAD_KEYFILE)
    _write(config / "gtk-3.0/settings.ini", "[Settings]\ngtk-cursor-blink=false\ngtk-enable-animations=false\n")
    _write(config / "gtk-3.0/bookmarks", "")
    if "calculator" in launchers:
        _write(config / "galculator/galculator.conf", CALCULATOR_CONF)
    more = "".join(f"<Filename>dreamdesk-{name}.desktop</Filename>" for name in launchers if name not in _IN_MENU)
    _write(config / "menus/xfce-applications.menu", MENU.replace("@MORE@", more))
    for number, name in _numbered(launchers).items():
        entry = _desktop_entry(name, APPS[name])
        _write(home / f".local/share/applications/dreamdesk-{name}.desktop", entry)
        _write(config / f"xfce4/panel/launcher-{number}/{name}.desktop", entry)
    for channel, properties in channels(appearance, launchers).items():
        _write(config / f"xfce4/xfconf/xfce-perchannel-xml/{channel}.xml", _channel_xml(channel, properties))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _numbered(launchers: Sequence[str]) -> dict[int, str]:
    """The panel's plugins of these applications."""
    return dict(enumerate(launchers, 10))


def _desktop_entry(name: str, app: App) -> str:
    return f"[Desktop Entry]\nType=Application\nName={name.title()}\nExec={app.command}\nIcon={app.icon}\n"


def _backdrop(appearance: Appearance) -> dict[str, object]:
    """xfdesktop's colour styles: 0 is plain, 2 a gradient from above to below."""
    backdrop = "/backdrop/screen0/monitorscreen/workspace0"
    plain = appearance.wallpaper_kind == "plain"
    colours = [WALLPAPERS[appearance.wallpaper]] if plain else gradient(appearance.wallpaper)
    return {
        f"{backdrop}/color-style": 0 if plain else 2,
        f"{backdrop}/image-style": 0,
        **{f"{backdrop}/rgba{number}": [*colour, 1.0] for number, colour in enumerate(colours, 1)},
    }


def channels(appearance: Appearance, launchers: Sequence[str]) -> dict[str, dict[str, object]]:
    """The settings of the desktop, by xfconf channel and property."""
    panel, theme = "/panels/panel-1", THEMES[appearance.theme]
    plugins = {f"/plugins/plugin-{number}": name for number, name in _numbered(launchers).items()}
    return {
        "xsettings": {
            "/Net/ThemeName": theme.gtk,
            "/Net/IconThemeName": "Adwaita",
            "/Net/CursorBlink": False,
            "/Net/EnableEventSounds": False,
            "/Gtk/FontName": f"DejaVu Sans {appearance.font_pt}",
            "/Gtk/MonospaceFontName": "DejaVu Sans Mono 8",
            "/Gtk/EnableAnimations": False,
            "/Gtk/CursorThemeName": "Adwaita",
            "/Gtk/CursorThemeSize": 16,
            "/Xft/DPI": 96,
            "/Xft/Antialias": 1,
            "/Xft/Hinting": 1,
            "/Xft/HintStyle": "hintfull",
            "/Xft/RGBA": "none",
        },
        "xfwm4": {
            "/general/theme": theme.frames,
            "/general/title_font": "DejaVu Sans Bold 8",
            "/general/use_compositing": False,
            "/general/placement_mode": "center",
            "/general/placement_ratio": 100,
            "/general/workspace_count": 1,
            "/general/scroll_workspaces": False,
            "/general/wrap_windows": False,
            "/general/box_move": False,
            "/general/box_resize": False,
            "/general/snap_to_border": False,
            "/general/tile_on_move": False,
            "/general/mousewheel_rollup": False,
            "/general/urgent_blink": False,
            "/general/zoom_desktop": False,
        },
        "xfce4-desktop": {
            **_backdrop(appearance),
            "/desktop-icons/style": 2,
            "/desktop-icons/icon-size": 32,
            "/desktop-icons/file-icons/show-filesystem": False,
            "/desktop-icons/file-icons/show-removable": False,
            "/desktop-icons/show-tooltips": False,
        },
        "xfce4-panel": {
            "/configver": 2,
            "/panels": [1],
            f"{panel}/position": f"p={_PANEL_POSITION[appearance.panel]};x=0;y=0",
            f"{panel}/position-locked": True,
            f"{panel}/length": 100,
            f"{panel}/size": PANEL_HEIGHT_PX,
            f"{panel}/icon-size": 16,
            f"{panel}/plugin-ids": [1, *_numbered(launchers), 2],
            "/plugins/plugin-1": "applicationsmenu",
            "/plugins/plugin-1/show-button-title": False,
            "/plugins/plugin-1/show-tooltips": False,
            **dict.fromkeys(plugins, "launcher"),
            **{f"{plugin}/items": [f"{name}.desktop"] for plugin, name in plugins.items()},
            **{f"{plugin}/disable-tooltips": True for plugin in plugins},
            "/plugins/plugin-2": "tasklist",
            "/plugins/plugin-2/show-tooltips": False,
            "/plugins/plugin-2/flat-buttons": False,
            "/plugins/plugin-2/grouping": 0,
        },
        "thunar": {
            "/last-window-width": 360,
            "/last-window-height": 220,
            "/last-separator-position": 110,
            "/last-statusbar-visible": False,
            "/last-location-bar": "void",
            "/last-icon-view-zoom-level": "THUNAR_ZOOM_LEVEL_50_PERCENT",
            "/misc-thumbnail-mode": "THUNAR_THUMBNAIL_MODE_NEVER",
        },
    }


def _channel_xml(channel: str, properties: dict[str, object]) -> str:
    """The xfconf file of a channel; properties are absolute paths."""
    tree: dict[str, dict] = {}
    for path, value in properties.items():
        node = tree
        *parents, leaf = path.strip("/").split("/")
        for name in parents:
            node = node.setdefault(name, {"children": {}})["children"]
        node.setdefault(leaf, {"children": {}})["value"] = value
    body = "".join(_property_xml(name, node) for name, node in tree.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<channel name="{channel}" version="1.0">{body}</channel>\n'


def _property_xml(name: str, node: dict) -> str:
    value = node.get("value")
    inner = "".join(_property_xml(child, below) for child, below in node["children"].items())
    if isinstance(value, list):
        values = "".join(f"<value {_typed(item)}/>" for item in value)
        return f'<property name={quoteattr(name)} type="array">{values}{inner}</property>'
    attributes = 'type="empty"' if value is None else _typed(value)
    return f"<property name={quoteattr(name)} {attributes}>{inner}</property>"


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return f'type="bool" value="{str(value).lower()}"'
    return f"type={quoteattr(XFCONF_TYPE[type(value)])} value={quoteattr(str(value))}"
