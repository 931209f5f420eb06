"""The home folder of the sandbox: settings that make the desktop plain and quiet, and a few files."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

WALLPAPERS = {"blue": (0.20, 0.36, 0.58), "green": (0.22, 0.46, 0.34), "grey": (0.38, 0.40, 0.44)}
PANEL_HEIGHT_PX = 28
LAUNCHERS = {"terminal": "xfce4-terminal --title=Terminal", "files": "thunar", "editor": "mousepad"}
_ICONS = {"terminal": "utilities-terminal", "files": "system-file-manager", "editor": "accessories-text-editor"}
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

MENU = """<!DOCTYPE Menu PUBLIC "-//freedesktop//DTD Menu 1.0//EN" "http://www.freedesktop.org/standards/menu-spec/1.0/menu.dtd">
<Menu>
  <Name>Xfce</Name>
  <DefaultAppDirs/>
  <Include><Filename>dreamdesk-terminal.desktop</Filename><Filename>dreamdesk-files.desktop</Filename></Include>
  <Menu>
    <Name>Accessories</Name>
    <Include><Filename>dreamdesk-editor.desktop</Filename><Filename>dreamdesk-files.desktop</Filename></Include>
  </Menu>
  <Layout>
    <Filename>dreamdesk-terminal.desktop</Filename><Filename>dreamdesk-files.desktop</Filename>
    <Separator/><Menuname>Accessories</Menuname>
  </Layout>
</Menu>
"""


def write_home(home: Path, *, wallpaper: str) -> None:
    """Make the home folder of an ordinary user with that wallpaper colour (a key of WALLPAPERS)."""
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
    _write(config / "menus/xfce-applications.menu", MENU)
    for name, command in LAUNCHERS.items():
        _write(home / f".local/share/applications/dreamdesk-{name}.desktop", _desktop_entry(name, command))
        _write(config / f"xfce4/panel/launcher-{_launcher_id(name)}/{name}.desktop", _desktop_entry(name, command))
    for channel, properties in _channels(wallpaper).items():
        _write(config / f"xfce4/xfconf/xfce-perchannel-xml/{channel}.xml", _channel_xml(channel, properties))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _launcher_id(name: str) -> int:
    return 10 + list(LAUNCHERS).index(name)


def _desktop_entry(name: str, command: str) -> str:
    return f"[Desktop Entry]\nType=Application\nName={name.title()}\nExec={command}\nIcon={_ICONS[name]}\n"


def _channels(wallpaper: str) -> dict[str, dict[str, object]]:
    red, green, blue = WALLPAPERS[wallpaper]
    backdrop = "/backdrop/screen0/monitorscreen/workspace0"
    panel = "/panels/panel-1"
    launchers = {f"/plugins/plugin-{_launcher_id(name)}": "launcher" for name in LAUNCHERS}
    items = {f"/plugins/plugin-{_launcher_id(name)}/items": [f"{name}.desktop"] for name in LAUNCHERS}
    return {
        "xsettings": {
            "/Net/ThemeName": "Adwaita",
            "/Net/IconThemeName": "Adwaita",
            "/Net/CursorBlink": False,
            "/Net/EnableEventSounds": False,
            "/Gtk/FontName": "DejaVu Sans 8",
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
            "/general/theme": "Default",
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
            f"{backdrop}/color-style": 0,
            f"{backdrop}/image-style": 0,
            f"{backdrop}/rgba1": [red, green, blue, 1.0],
            "/desktop-icons/style": 2,
            "/desktop-icons/icon-size": 32,
            "/desktop-icons/file-icons/show-filesystem": False,
            "/desktop-icons/file-icons/show-removable": False,
            "/desktop-icons/show-tooltips": False,
        },
        "xfce4-panel": {
            "/configver": 2,
            "/panels": [1],
            f"{panel}/position": "p=6;x=0;y=0",
            f"{panel}/position-locked": True,
            f"{panel}/length": 100,
            f"{panel}/size": PANEL_HEIGHT_PX,
            f"{panel}/icon-size": 16,
            f"{panel}/plugin-ids": [1, *(_launcher_id(name) for name in LAUNCHERS), 2],
            "/plugins/plugin-1": "applicationsmenu",
            "/plugins/plugin-1/show-button-title": False,
            "/plugins/plugin-1/show-tooltips": False,
            **launchers,
            **items,
            **{f"/plugins/plugin-{_launcher_id(name)}/disable-tooltips": True for name in LAUNCHERS},
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
    kind = {int: "int", float: "double", str: "string"}[type(value)]
    return f"type={quoteattr(kind)} value={quoteattr(str(value))}"
