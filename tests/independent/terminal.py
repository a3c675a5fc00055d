"""Runs a command whose stderr is a terminal, and prints as JSON its exit code
and all that the terminal was sent.

usage: terminal.py interrupt|wait COMMAND…

With `interrupt`, what Ctrl-C sends is sent once the terminal shows a screen.
"""

import json
import os
import pty
import signal
import subprocess
import sys
import termios

how, *command = sys.argv[1:]
ours, theirs = pty.openpty()
termios.tcsetwinsize(theirs, (24, 100))
before = termios.tcgetattr(theirs)
child = subprocess.Popen(
    command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs, start_new_session=True
)
seen = b""
os.set_blocking(ours, False)
interrupted = how != "interrupt"
while True:
    ended = child.poll() is not None
    try:
        seen += os.read(ours, 65536)
    except BlockingIOError:
        if ended:
            break
        try:
            child.wait(0.01)
        except subprocess.TimeoutExpired:
            pass
    if not interrupted and b"\x1b[?1049h" in seen:
        child.send_signal(signal.SIGINT)
        interrupted = True
same = termios.tcgetattr(theirs) == before
print(json.dumps({"code": child.returncode, "seen": seen.decode(errors="replace"), "same": same}))
