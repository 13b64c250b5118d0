"""One virtual environment per peer, pinned to the last package, made when it is first asked for.

    python tests/golden/peers/environments.py backtesting nautilus

makes those two under build/peers (or the folder `BACKTESTR_PEERS` names) and says how each went. What a peer is
pinned to stands in `pins/`; a changed file makes its environment anew.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PINS = HERE / "pins"
PEERS = tuple(sorted(p.stem for p in PINS.glob("*.txt")))


def folder():
    """Where the environments lie."""
    return Path(os.environ.get("BACKTESTR_PEERS") or HERE.parents[2] / "build" / "peers")


def python_of(peer):
    """The interpreter of a peer's environment, or None as long as it is not made."""
    home = folder() / peer
    done = home / "installed.txt"
    if done.exists() and done.read_text() == (PINS / f"{peer}.txt").read_text():
        return home / "bin" / "python"
    return None


def reason_of(peer):
    """Why a peer's environment is not there."""
    failed = folder() / peer / "failed.txt"
    return failed.read_text() if failed.exists() else f"{peer} is not installed"


def version_of(peer):
    """What is compared with, ``"nautilus_trader 1.221.0"``: its own line of the pins."""
    name = {"nautilus": "nautilus_trader", "pybroker": "lib-pybroker"}.get(peer, peer)
    lines = (PINS / f"{peer}.txt").read_text().splitlines()
    return next(line for line in lines if line.startswith(f"{name}==")).replace("==", " ")


def make(peer):
    """Make the environment of a peer unless it is there; raises RuntimeError with what pip said."""
    if python_of(peer):
        return
    home = folder() / peer
    shutil.rmtree(home, ignore_errors=True)
    # The first Python that the pins were resolved for, else the one that runs this.
    python = shutil.which("python3.11") or sys.executable
    pins = PINS / f"{peer}.txt"
    for command in (
        [python, "-m", "venv", str(home)],
        [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(pins)],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            reason = f"{peer} cannot be installed: {(done.stderr or done.stdout).strip()[-500:]}"
            home.mkdir(parents=True, exist_ok=True)
            (home / "failed.txt").write_text(reason.replace("\n", " "))
            raise RuntimeError(reason)
    (home / "installed.txt").write_text(pins.read_text())


def main(peers):
    failed = []
    for peer in peers or PEERS:
        try:
            make(peer)
        except RuntimeError as error:
            failed.append(peer)
            print(f"######## {error} ########", file=sys.stderr)
        else:
            print(f"{version_of(peer)}: {folder() / peer}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
