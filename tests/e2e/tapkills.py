#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""sockeye tap, its guardian, both, and sockeye recover, killed at each of their system calls.

  tapkills.py SOCKEYE SYSCALLKILLER [TEST]...

A run without a kill counts the calls; then there is one run for each of them, in which kill -9 hits
just before it. After each: the original stands at its path and serves, at once if a guardian was ready
and alive, else after "sockeye recover"; nothing is left of the tap; and at no call of any process had
the path been missing.

SOCKEYE_POINTS=N: about so many points of each kind (default 15), spread evenly from a random one on;
SOCKEYE_POINTS=all: each.
"""
import collections, glob, json, os, random, re, stat, subprocess, sys, unittest

sys.dont_write_bytecode = True  # nothing of a test's stays in the sources
from taptest import PATIENCE, SOCKEYE, Echo, TapTest, talk

KILLER = os.path.abspath(sys.argv[2])
NOT_ALLOWED = 77


def call_names():
    for header in glob.glob("/usr/include/*/asm/unistd_64.h") + glob.glob("/usr/include/asm/unistd_64.h"):
        with open(header) as file:
            return {int(number): name for name, number in re.findall(r"define __NR_(\w+) (\d+)", file.read())}
    return {}


class KillPoints(TapTest):
    # A run waits for the disk half a dozen times, and a kill does not lose what is not on it yet.
    folder_in = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

    def setUp(self):
        super().setUp()
        self.place = self.folder + "/place"
        os.mkdir(self.place)
        self.path = self.place + "/api"
        self.echo = Echo(self.path)
        os.chmod(self.path, 0o640)
        self.before = os.stat(self.path)
        # The leak checker cannot work in a process that is traced.
        self.environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        self.tap = [SOCKEYE, "tap", self.path, "--quiet", "--drain", "0"]

    def traced(self, command, window, counted, killed, number):
        done = subprocess.run([KILLER, self.path, window, counted, killed, str(number), *command],
                              env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=2 * PATIENCE)
        if done.returncode == NOT_ALLOWED:
            self.skipTest("tracing another process is not allowed here")
        self.assertEqual(done.returncode, 0, done.stderr)
        line = [line for line in done.stdout.splitlines() if line.startswith('{"calls"')][-1]
        return dict(json.loads(line), told=done.stderr)

    def wrong(self):
        """What is not as it was before the tap."""
        try:
            now = os.lstat(self.path)
        except OSError as error:
            return str(error)
        if now.st_ino != self.before.st_ino:
            return "another socket stands at the path"
        if stat.S_IMODE(now.st_mode) != 0o640 or now.st_uid != self.before.st_uid:
            return "mode or owner have changed"
        if os.listdir(self.place) != ["api"]:
            return f"something is left: {[os.listdir(p) for p in glob.glob(self.place + '/.*')]}"
        if talk(self.path) != b"hello":
            return "the server does not answer"
        return None

    def recover(self):
        done = subprocess.run([SOCKEYE, "recover", self.path], env=self.environment, capture_output=True,
                              text=True, timeout=PATIENCE)
        return None if done.returncode == 0 else f"recover: {done.returncode} {done.stderr}"

    def put_in_order(self):
        """After a violation, so that the next point starts from the beginning."""
        for leftover in glob.glob(self.place + "/.*/*"):
            if os.lstat(leftover).st_ino == self.before.st_ino:
                os.rename(leftover, self.path)
            else:
                os.unlink(leftover)
        for folder in glob.glob(self.place + "/.*"):
            os.rmdir(folder)

    def points(self, calls):
        wanted = os.environ.get("SOCKEYE_POINTS", "15")
        if wanted == "all":
            return range(1, calls + 1)
        step = max(1, calls // int(wanted))
        return range(1 + random.randrange(step), calls + 1, step)

    def kill_at_each(self, what, command, window, counted, killed, prepare=lambda: None):
        prepare()
        reference = self.traced(command(), window, counted, killed, 0)
        self.assertGreater(reference["calls"], 3, reference)
        self.assertEqual(self.recover(), None)
        self.assertEqual(self.wrong(), None, reference)
        names, hits, at_once, recovered, slowest, violations = call_names(), collections.Counter(), 0, 0, 0, []
        points = self.points(reference["calls"])
        for number in points:
            prepare()
            result = self.traced(command(), window, counted, killed, number)
            call = names.get(result["call"], result["call"])
            if result["hit"]:
                hits[call] += 1
            faults = [f"missing at {result['missing']} calls"] if result["missing"] else []
            # A guardian that is at work puts back what was swapped; and who lives ends in good order.
            if not result["hit"] or killed == "guardian" and window == "life" or killed == "tap" and result["ready"]:
                faults += filter(None, [self.wrong()])
                at_once += 1
                slowest = max(slowest, result["back"])
            else:
                recovered += 1
            if result["back"] > 1000:
                faults.append(f"back after {result['back']} ms only")
            faults += filter(None, [self.recover()])
            faults += filter(None, [self.wrong()])
            if listed := os.listdir(self.folder + "/state/sockeye/taps"):
                faults.append(f"still listed: {listed}")
            if faults:
                violations.append(f"call {number}, {call}: {faults} {result}")
                self.put_in_order()
        print(f"\n  {what}: {sum(hits.values())} kills at {len(points)} of {reference['calls']} calls,"
              f" {len(hits)} different ones; back by itself {at_once} (slowest {slowest:.0f} ms, traced), after"
              f" recover {recovered}; {len(violations)} violations", end="", file=sys.stderr, flush=True)
        if os.environ.get("SOCKEYE_POINTS") == "all":
            print(f"\n    {dict(hits.most_common())}", end="", file=sys.stderr, flush=True)
        self.assertEqual(violations, [])
        self.assertGreater(sum(hits.values()), len(points) // 2)

    def test_tap(self):
        self.kill_at_each("tap killed", lambda: self.tap, "life", "tap", "tap")

    def test_tap_and_guardian(self):
        self.kill_at_each("both killed at the tap's", lambda: self.tap, "life", "tap", "both")

    def test_guardian(self):
        self.kill_at_each("guardian killed", lambda: self.tap, "life", "guardian", "guardian")

    def test_guardian_and_tap(self):
        self.kill_at_each("both killed at the guardian's", lambda: self.tap, "life", "guardian", "both")

    def test_guardian_at_work(self):
        self.kill_at_each("guardian killed when it puts back", lambda: self.tap, "dead", "guardian", "guardian")

    def test_recover(self):
        def leave_behind():
            """A tap and its guardian, killed when the path had been taken over."""
            self.traced(self.tap, "dead", "guardian", "guardian", 1)
            self.assertEqual(self.wrong(), "another socket stands at the path")

        self.kill_at_each("recover killed", lambda: [SOCKEYE, "recover", self.path], "life", "tap", "tap", leave_behind)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
