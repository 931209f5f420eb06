"""Looks at a page in a real browser."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

# Decoding takes real time and the browser's clock is a virtual one: the page is asked until every video has told its
# size, or the time is over.
_PROBE = """<script>addEventListener("load", () => setInterval(() => {
  const broken = [...document.images].filter(image => !image.naturalWidth).length;
  const videos = [...document.querySelectorAll("video")];
  const empty = videos.filter(video => video.error || !video.videoWidth).length;
  document.title = `images ${document.images.length} broken ${broken} videos ${videos.length} empty ${empty}`;
}, 50))</script></body>"""


def look_at(page: Path) -> None:
    """Load the page headless: there are pictures, every picture and video shows, the console is silent, nothing comes
    from elsewhere. A video shows where its first frame has been decoded.
    """
    text = page.read_text()
    assert not re.findall(r'(?:src|href)="(?!data:)', text)
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no browser: 'apt-get install chromium' to try the page in one")
    probed = page.with_name("probed.html")
    probed.write_text(text.replace("</body>", _PROBE))
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=4000", "--dump-dom"]
    options += ["--enable-logging=stderr", "--v=0"]
    done = subprocess.run([browser, *options, probed.as_uri()], capture_output=True, text=True, timeout=60)
    complaints = re.findall(r".*:CONSOLE[:(].*", done.stderr)
    assert complaints == [], complaints
    assert re.search(r"<title>images ([1-9]\d*) broken 0 videos \d+ empty 0</title>", done.stdout), done.stdout[:400]
