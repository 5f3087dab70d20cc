#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time from exec to the first visible window, Sockeye beside an empty QMainWindow, in turn.

  startup.py BENCH_EMPTY SOCKEYE [ROUNDS]        needs DISPLAY (Xvfb will do)
"""
import ctypes, ctypes.util, os, statistics, subprocess, sys, tempfile, time

X = ctypes.CDLL("libX11.so.6")
X.XOpenDisplay.restype = ctypes.c_void_p
for name in ("XDefaultRootWindow", "XSelectInput", "XNextEvent", "XPending", "XSync", "XConnectionNumber"):
    getattr(X, name).argtypes = [ctypes.c_void_p] + [ctypes.c_long, ctypes.c_long][:1 if name == "XSync" else 2]
X.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
X.XDefaultRootWindow.restype = ctypes.c_ulong
X.XSelectInput.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_long]
X.XNextEvent.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
X.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
MAP_NOTIFY, SUBSTRUCTURE_NOTIFY = 19, 1 << 19


def seconds_to_window(display, command, environment):
    event = ctypes.create_string_buffer(192)
    X.XSync(display, 1)  # forget what the last one left
    start = time.monotonic()
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    while True:
        X.XNextEvent(display, event)
        if ctypes.cast(event, ctypes.POINTER(ctypes.c_int))[0] == MAP_NOTIFY:
            seconds = time.monotonic() - start
            break
    process.terminate()
    process.wait()
    return seconds


def main():
    empty, sockeye = sys.argv[1], sys.argv[2]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 11
    display = X.XOpenDisplay(None)
    X.XSelectInput(display, X.XDefaultRootWindow(display), SUBSTRUCTURE_NOTIFY)
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, HOME=home, XDG_CONFIG_HOME=home, XDG_CACHE_HOME=home,
                           QT_QPA_PLATFORM="xcb")
        times = {empty: [], sockeye: []}
        for _ in range(rounds + 1):  # the first warms the caches and does not count
            for command in times:
                times[command].append(seconds_to_window(display, [command], environment))
    base, ours = (statistics.median(times[c][1:]) * 1000 for c in (empty, sockeye))
    print(f"start-up, exec to visible window, median of {rounds}: empty QMainWindow {base:.0f} ms, "
          f"sockeye {ours:.0f} ms, ratio {ours / base:.2f} (wanted <= 1.5)")


main()
