# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of taps share: a folder and programs of the test's own, and a server to be tapped.

The first argument of the program is the sockeye to be tested.
"""
import contextlib, os, shutil, signal, socket, struct, subprocess, sys, tempfile, threading, time, unittest

SOCKEYE = os.path.abspath(sys.argv[1])
PATIENCE = 60


def wait_for(what, condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"gave up waiting for {what}")
        time.sleep(0.01)


def accepts(path):
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


class TapTest(unittest.TestCase):
    folder_in = None  # the usual folder for temporary files

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="sockeye-", dir=self.folder_in)
        os.chmod(self.folder, 0o755)
        os.mkdir(self.folder + "/told")
        self.environment = dict(os.environ, XDG_CACHE_HOME=self.folder + "/cache",
                                XDG_STATE_HOME=self.folder + "/state")
        self.children = []
        self.story = []

    def tearDown(self):
        for child in reversed(self.children):
            how = ""
            if child.poll() is None:
                how = ", when asked to"
                child.terminate()
                try:
                    child.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    how = ", killed after it was asked to in vain"
                    child.kill()
                    child.wait()
            self.story.append(f"{' '.join(child.args)}\n  ended with {child.returncode}{how}: {self.told_by(child)}")
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, result=None):
        """Of a test that fails: what became of the programs that it had started, and what they said."""
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(f"--- the programs of {self.id()}, the last one first:", *self.story, "---", sep="\n",
                  file=sys.stderr, flush=True)

    def start(self, *command, **options):
        """Runs until the end of the test. Its standard error is told_by(), unless somebody reads it."""
        with open(f"{self.folder}/told/{len(self.children)}", "w") as told:
            child = subprocess.Popen(command, **{"env": self.environment, "stdin": subprocess.DEVNULL,
                                                 "stderr": told, **options})
        child.told = told.name
        self.children.append(child)
        return child

    @staticmethod
    def told_by(child):
        with open(child.told, errors="replace") as told:
            return told.read()[-4000:]

    def call(self, *command, **options):
        """Runs to its end, which must be a good one; its standard output."""
        done = subprocess.run(command, **{"env": self.environment, "stdin": subprocess.DEVNULL, "text": True,
                                          "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                                          "timeout": 2 * PATIENCE, **options})
        self.assertEqual(done.returncode, 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def put_on(self, path, *options):
        """A tap in place."""
        original = os.stat(path).st_ino
        tap = self.start(SOCKEYE, "tap", path, "--quiet", *options)
        wait_for("the tap", lambda: os.stat(path).st_ino != original or tap.poll() is not None)
        self.assertIsNone(tap.poll(), self.told_by(tap))
        return tap

    @contextlib.contextmanager
    def tapped(self, path, *options):
        """A tap in place, until the block ends; then the original has to be there again."""
        original = os.stat(path).st_ino
        tap = self.put_on(path, "--drain", str(PATIENCE), *options)
        yield tap
        tap.send_signal(signal.SIGTERM)
        status = tap.wait(2 * PATIENCE)
        self.assertEqual(status, 0, self.told_by(tap))
        self.assertEqual(os.stat(path).st_ino, original)
        self.assertEqual(self.told_by(tap), "")


class Echo:
    """A server of the test's own: echoes, and remembers whom the kernel says it talks to."""

    def __init__(self, path):
        self.path, self.peers = path, []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(100)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.peers.append(struct.unpack("iII", client.getsockopt(
                socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("iII"))))
            threading.Thread(target=self.echo, args=(client,), daemon=True).start()

    @staticmethod
    def echo(client):
        with client, contextlib.suppress(OSError):
            while data := client.recv(1 << 16):
                client.sendall(data)

    def leave(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(self.path)


def talk(path, data=b"hello"):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE)
        client.connect(path)
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        got = b""
        while piece := client.recv(1 << 16):
            got += piece
        return got
