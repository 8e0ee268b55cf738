"""The Chromium that tests open: the one without any windows where it is installed, as it takes less processor time."""

from pathlib import Path

# It alone keeps pages to come back to, as people's browsers do.
WHOLE = Path("/usr/bin/chromium")
_WITHOUT_WINDOWS = Path("/usr/bin/chromium-headless-shell")
CHROMIUM = _WITHOUT_WINDOWS if _WITHOUT_WINDOWS.exists() else WHOLE
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-sync")
