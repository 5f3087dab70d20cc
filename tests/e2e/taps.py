#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""sockeye tap and sockeye recover: as a script sees them, under kill -9, and between programs that
people really use: PostgreSQL, D-Bus, nginx.

  taps.py SOCKEYE [TEST]...

Each program is started on a socket in a folder of the test's own and ended by its id. What is not
there is skipped and said so; tests/run installs or unpacks all of it.
"""
import array, contextlib, glob, hashlib, itertools, json, os, pwd, random, shutil, signal, socket, struct
import subprocess, sys, threading, time, unittest

sys.dont_write_bytecode = True  # nothing of a test's stays in the sources
from taptest import PATIENCE, SOCKEYE, Echo, TapTest, accepts, talk, wait_for

# Where tests/run unpacks what would start a daemon if it were installed.
UNPACKED = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../build/programs")


class Command(TapTest):
    def setUp(self):
        super().setUp()
        self.path = self.folder + "/api"
        self.echo = Echo(self.path)
        self.inode = os.stat(self.path).st_ino

    def run_sockeye(self, *arguments):
        return subprocess.run([SOCKEYE, *arguments], capture_output=True, text=True,
                              env=self.environment, timeout=PATIENCE)

    def events(self, *options, during):
        tap = self.start(SOCKEYE, "tap", self.path, "--json", *options, stdout=subprocess.PIPE, text=True)
        first = json.loads(tap.stdout.readline() or "null")
        self.assertIsNotNone(first, "it says nothing and ends")
        during(first)
        tap.send_signal(signal.SIGTERM)
        out, _ = tap.communicate(timeout=PATIENCE)
        self.assertEqual(tap.returncode, 0, self.told_by(tap))
        self.assertEqual(self.told_by(tap), "")
        return [first] + [json.loads(line) for line in out.splitlines()]

    def test_events(self):
        def during(first):
            self.assertEqual(first["event"], "listening")
            self.assertEqual(talk(self.path), b"hello")

        events = self.events(during=during)
        told = [(e["event"], e.get("direction"), e.get("text"), e.get("reason")) for e in events]
        self.assertEqual(told, [
            ("listening", None, None, None), ("opened", None, None, None),
            ("data", "in", "hello", None), ("end", "in", None, None), ("data", "out", "hello", None),
            ("end", "out", None, None), ("closed", None, None, "peer"), ("stopped", None, None, None)])
        opened = events[1]
        self.assertEqual(opened["pid"], os.getpid())
        self.assertEqual(opened["seen_uid"], os.geteuid())
        self.assertEqual(self.echo.peers[-1], (opened["seen_pid"], opened["seen_uid"], opened["seen_gid"]))
        self.assertEqual(os.stat(self.path).st_ino, self.inode)

    def test_root_shows_who_came(self):
        if os.geteuid() != 0:
            self.skipTest("only root can connect as somebody else")
        os.chmod(self.path, 0o777)
        with self.tapped(self.path):
            code = (f"import socket; s = socket.socket(socket.AF_UNIX); s.connect({self.path!r});"
                    "s.sendall(b'x'); assert s.recv(1) == b'x'")
            self.call("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3",
                      "-c", code)
        self.assertEqual(self.echo.peers[-1][1:], (65534, 65534))

    def test_beside(self):
        for at in (self.folder + "/beside", "@sockeye-beside-%d" % os.getpid()):
            name = "\0" + at[1:] if at.startswith("@") else at
            self.events("--at", at, during=lambda first: self.assertEqual(talk(name), b"hello"))
            self.assertEqual(talk(self.path), b"hello")
            self.assertEqual(os.stat(self.path).st_ino, self.inode)
        self.assertFalse(os.path.exists(self.folder + "/beside"))

    def test_packets(self):
        """SOCK_SEQPACKET: each message stays one, with the descriptor that came with it."""
        path, record = self.folder + "/packets", self.folder + "/packets.pcapng"
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(path)
            listener.listen()
            listener.settimeout(PATIENCE)
            sizes = (3, 1, 70000, 0, 5)
            with self.tapped(path, "--record", record):
                with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
                    client.settimeout(PATIENCE)
                    client.connect(path)
                    server, _ = listener.accept()
                    server.settimeout(PATIENCE)
                    for size in sizes:
                        with open("/dev/null") as null:
                            if size == 5:
                                socket.send_fds(client, [b"x" * size], [null.fileno()])
                            else:
                                client.send(b"x" * size)
                        got, fds, _, _ = socket.recv_fds(server, 1 << 20, 4)
                        self.assertEqual(len(got), size)
                        self.assertEqual(len(fds), size == 5)
                        for fd in fds:
                            os.close(fd)
                    server.close()
                    self.assertEqual(client.recv(1), b"")
            beside = self.run_sockeye("tap", path, "--at", self.folder + "/beside")
        self.assertEqual(beside.returncode, 1, beside)
        self.assertIn("in place alone", beside.stderr)
        events = list(map(json.loads, self.run_sockeye("show", record, "--json").stdout.splitlines()))
        recorded = [e["bytes"] if "bytes" in e else e.get("length") for e in events if e.get("event") == "data"]
        self.assertEqual(recorded, [size for size in sizes if size], events)  # an empty one leaves none

    def test_bad_input(self):
        open(self.folder + "/file", "w").close()
        before = sorted(os.listdir(self.folder))
        for arguments, status, words in (
                ((), 2, "PATH is required"), (("tap", "--at"), 2, ""),
                (("tap", self.folder + "/nothing"), 1, "no socket"),
                (("tap", self.folder + "/file"), 1, "regular file"),
                (("tap", "@nobody"), 1, "abstract"),
                (("tap", self.path, "--again", "--at", self.folder + "/x"), 2, "excludes"),
                (("tap", self.path, "--drain", "-1"), 2, "")):
            result = self.run_sockeye(*(arguments or ("tap",)))
            self.assertEqual(result.returncode, status, (arguments, result))
            self.assertIn(words, result.stderr, arguments)
        self.assertEqual([n for n in sorted(os.listdir(self.folder)) if n != "cache"],
                         [n for n in before if n != "cache"])

    def test_killed(self):
        """kill -9 while it relays: what was received is in the capture, and the original is back."""
        took, checked, cut = [], 0, 0
        kills = int(os.environ.get("SOCKEYE_KILLS", "10"))
        for _ in range(kills):
            record = self.folder + "/record.pcapng"
            tap = self.put_on(self.path, "--record", record)
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(PATIENCE)
            client.connect(self.path)
            sent, received = [], []

            def load():
                with contextlib.suppress(ConnectionError):
                    for number in itertools.count():
                        block = b"%010d" % number
                        sent.append(block)
                        client.sendall(block)
                        if not (got := client.recv(10, socket.MSG_WAITALL)):
                            return
                        received.append(got)

            thread = threading.Thread(target=load)
            thread.start()
            wait_for("some traffic", lambda: len(received) > 10)
            time.sleep(random.random() * 0.02)  # so that it is hit anywhere
            begin = time.monotonic()
            tap.kill()
            while os.stat(self.path).st_ino != self.inode or not accepts(self.path):
                self.assertLess(time.monotonic(), begin + PATIENCE, "the original does not come back")
                time.sleep(0.0002)
            took.append((time.monotonic() - begin) * 1000)
            tap.wait()
            thread.join(PATIENCE)
            self.assertFalse(thread.is_alive())
            client.close()
            self.assertEqual(talk(self.path), b"hello")
            shown = self.run_sockeye("show", record, "--json")
            if shown.returncode != 0:  # killed while it wrote: that block has not been forwarded
                self.assertIn("ends inside a block", shown.stderr)
                cut += 1
            events = list(map(json.loads, shown.stdout.splitlines()))
            captured = {direction: "".join(e.get("text", "") for e in events if e.get("direction") == direction)
                        for direction in ("in", "out")}
            there, back = b"".join(sent).decode(), b"".join(received).decode()
            # Received is a prefix of captured, and captured one of what was sent (the echo of it).
            self.assertTrue(there.startswith(captured["in"]))
            self.assertTrue(there.startswith(captured["out"]))
            self.assertTrue(captured["out"].startswith(back))
            self.assertGreaterEqual(len(captured["in"]), len(captured["out"]))
            checked += len(back)
            wait_for("the folder to go", lambda: not os.path.exists(self.folder + "/.api.sockeye-tap"))
            os.unlink(record)
        took.sort()
        print(f"{kills} of {kills} killed taps put back, {checked} received bytes all in the captures ({cut} end in"
              f" half a block); after p50 {took[kills // 2]:.1f} ms, p99 {took[min(kills * 99 // 100, kills - 1)]:.1f} ms, longest"
              f" {took[-1]:.1f} ms; load {os.getloadavg()[0]:.1f}", file=sys.stderr)

    def test_recover(self):
        """kill -9 of tap and guardian: "recover", or whatever command is next, puts the original back."""
        ways = ([SOCKEYE, "recover", self.path], [SOCKEYE, "recover"],
                [SOCKEYE, "wait", self.folder + "/other", "--timeout", "0"])
        kills = int(os.environ.get("SOCKEYE_KILLS", "10"))
        for round in range(kills):
            tap = self.put_on(self.path)
            if round == 0:
                self.assertIn("at work", self.call(SOCKEYE, "recover"))
            tap.send_signal(signal.SIGSTOP)  # or it starts another guardian
            guardians = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and self.guards(pid)]
            self.assertEqual(len(guardians), 1)
            os.kill(guardians[0], signal.SIGKILL)
            tap.kill()
            tap.wait()
            wait_for("the end of the guardian", lambda: not self.guards(guardians[0]))
            self.assertNotEqual(os.stat(self.path).st_ino, self.inode)
            self.assertFalse(accepts(self.path))
            way = ways[round % len(ways)]
            result = self.run_sockeye(*way[1:])
            if way[1] == "recover":
                self.assertEqual((result.returncode, result.stderr), (0, ""), way)
                self.assertIn("restored", result.stdout)
            self.assertEqual(os.stat(self.path).st_ino, self.inode, (way, result))
            self.assertEqual(talk(self.path), b"hello")
            self.assertFalse(os.path.exists(self.folder + "/.api.sockeye-tap"), way)
            self.assertEqual(os.listdir(self.folder + "/state/sockeye/taps"), [])
        print(f"{kills} of {kills} put back that were killed together with their guardians", file=sys.stderr)

    def guards(self, pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            return False
        return words[0].endswith(b"sockeye_guardian") and words[1].startswith(self.folder.encode())

    def test_run(self):
        record = self.folder + "/run.pcapng"
        code = ("import os, socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(os.environ['API'][5:]);"
                "s.sendall(b'hello'); sys.stdout.write(s.recv(100).decode()); sys.exit(7)")
        self.environment["API"] = "unix:" + self.path
        result = self.run_sockeye("run", "--tap", self.path, "--record", record, "--", sys.executable, "-c", code)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (7, "hello", ""))
        self.assertIn("hello", self.run_sockeye("show", record).stdout)
        del self.environment["API"]
        for arguments, status, words in (
                (("--", "true"), 2, "not known"),
                (("--env", "API", "--", "true"), 2, "NAME=TEMPLATE"),
                (("--env", "API={path}", "--", "/nothing"), 1, "could not be started"),
                (("--env", "API={path}", "--", "sh", "-c", "kill -9 $$"), 128 + 9, ""),
                (("--env", "API={path}", "--", "sh", "-c", "test -S $API"), 0, "")):
            os.path.exists(record) and os.unlink(record)
            result = self.run_sockeye("run", "--tap", self.path, "--record", record, *arguments)
            self.assertEqual(result.returncode, status, (arguments, result))
            self.assertIn(words, result.stderr)
        self.assertEqual(os.stat(self.path).st_ino, self.inode)

    def test_server_restarts(self):
        tap = self.put_on(self.path, "--again")
        self.echo.leave()
        self.echo = Echo(self.path)
        fresh = os.stat(self.path).st_ino
        wait_for("the tap again", lambda: os.stat(self.path).st_ino != fresh)
        self.assertEqual(talk(self.path), b"hello")
        tap.send_signal(signal.SIGTERM)
        self.assertEqual(tap.wait(PATIENCE), 0, self.told_by(tap))
        self.assertEqual(os.stat(self.path).st_ino, fresh)


class Programs(TapTest):
    def find_program(self, pattern, as_user=()):
        """A program's path and environment: installed, or unpacked with libraries of its own."""
        if found := sorted(glob.glob(pattern)):
            return found[-1], self.environment
        root = UNPACKED
        found = sorted(glob.glob(root + pattern))
        if not found:
            self.skipTest(f"{pattern} is not installed, and not unpacked in {os.path.normpath(root)}")
        if as_user and subprocess.run([*as_user, "test", "-x", found[-1]]).returncode != 0:
            root = self.folder + "/programs"  # the folders above it are not that user's to enter
            shutil.copytree(UNPACKED, root, symlinks=True)
            os.chmod(root, 0o755)
            found = sorted(glob.glob(root + pattern))
        libraries = glob.glob(root + "/usr/lib/*-linux-*") + glob.glob(root + "/lib/*-linux-*")
        return found[-1], dict(self.environment, LD_LIBRARY_PATH=":".join(libraries))

    # --- PostgreSQL ---

    def test_postgresql(self):
        as_user = []
        if os.geteuid() == 0:  # the server refuses to run as root
            user = pwd.getpwnam("nobody")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        program, environment = self.find_program("/usr/lib/postgresql/*/bin/postgres", as_user)
        bin_folder = os.path.dirname(program)
        data = self.folder + "/data"
        self.call(*as_user, bin_folder + "/initdb", "-D", data, "-A", "peer", "--no-sync", env=environment)
        self.start(*as_user, bin_folder + "/postgres", "-D", data, "-k", self.folder,
                   "-c", "listen_addresses=", "-c", "fsync=off", "-c", "jit=off",
                   stdout=subprocess.DEVNULL, env=environment)
        path = self.folder + "/.s.PGSQL.5432"
        wait_for("PostgreSQL", lambda: subprocess.run(
            as_user + [bin_folder + "/pg_isready", "-q", "-h", self.folder],
            env=environment).returncode == 0)

        def psql(query):
            return self.call(*as_user, bin_folder + "/psql", "-X", "-h", self.folder, "-d", "postgres",
                             "-A", "-t", "-c", query, env=environment)

        self.call(*as_user, bin_folder + "/pgbench", "-q", "-i", "-h", self.folder, "postgres",
                  env=environment)
        query = "select md5(string_agg(t::text, ',')) from (select * from pgbench_accounts order by aid) t"
        wanted = psql(query)
        # "peer": the server lets in whom the kernel says the client is. Through a tap as root too.
        with self.tapped(path, "--record", self.folder + "/psql.pcapng"):
            self.assertEqual(psql(query), wanted)
        with open(self.folder + "/psql.pcapng", "rb") as file:
            self.assertIn(wanted.strip().encode(), file.read())
        # Put on and taken off under load, with connections that come and go all the time.
        load = self.start(*as_user, bin_folder + "/pgbench", "-S", "-C", "-n", "-c", "4", "-T", "8",
                          "-h", self.folder, "postgres", stdout=subprocess.PIPE, text=True,
                          env=environment)
        steady = self.start(*as_user, bin_folder + "/pgbench", "-S", "-n", "-c", "4", "-T", "8", "-h",
                            self.folder, "postgres", stdout=subprocess.PIPE, text=True,
                            env=environment)
        swaps = 0
        while load.poll() is None:
            with self.tapped(path):
                self.assertEqual(psql("select 6 * 7").strip(), "42")
            swaps += 2
        for one in (load, steady):
            out, _ = one.communicate()
            self.assertEqual(one.returncode, 0, self.told_by(one))
            self.assertIn("number of failed transactions: 0 (", out)
            self.assertNotIn("error", self.told_by(one))
        self.assertEqual(psql(query), wanted)
        self.assertGreater(swaps, 1)

    # --- D-Bus ---

    def test_dbus(self):
        if not shutil.which("dbus-daemon") or not shutil.which("gdbus"):
            self.skipTest("dbus-daemon or gdbus is not installed")
        path = self.folder + "/bus"
        self.start("dbus-daemon", "--session", "--nofork", "--nosyslog", f"--address=unix:path={path}",
                   stdout=subprocess.DEVNULL)
        wait_for("the bus", lambda: os.path.exists(path) and accepts(path))

        def names():
            return self.call("gdbus", "call", "--address", f"unix:path={path}", "--dest",
                             "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus", "--method",
                             "org.freedesktop.DBus.GetNameOwner", "org.freedesktop.DBus")

        wanted = names()
        with self.tapped(path):
            self.assertEqual(names(), wanted)
            sender, receiver = Bus(path), Bus(path)
            with open(self.folder + "/passed", "w+b") as file:
                file.write(b"passed along")
                file.flush()
                sender.send_descriptor(receiver.name, file.fileno())
                got = receiver.receive_descriptor()
                self.assertEqual(os.fstat(got).st_ino, os.fstat(file.fileno()).st_ino)
                self.assertEqual(os.pread(got, 100, 0), b"passed along")
                os.close(got)
            sender.close()
            receiver.close()

    # --- HTTP ---

    def test_nginx(self):
        nginx, environment = self.find_program("/usr/sbin/nginx")
        if not shutil.which("curl"):
            self.skipTest("curl is not installed")
        mebibytes = int(os.environ.get("SOCKEYE_HTTP_MIB", "1024"))
        path, root = self.folder + "/http", self.folder + "/root"
        os.mkdir(root)
        os.chmod(root, 0o777)
        with open(self.folder + "/nginx.conf", "w") as config:
            config.write(f"""
daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log; worker_processes 1;
events {{ }}
http {{
  access_log off; client_body_temp_path {self.folder}/body; client_max_body_size 0;
  proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u;
  scgi_temp_path {self.folder}/s;
  server {{ listen unix:{path}; root {root}; dav_methods PUT; }}
}}
""")
        self.start(nginx, "-c", self.folder + "/nginx.conf", "-e", self.folder + "/error.log", env=environment)
        wait_for("nginx", lambda: os.path.exists(path) and accepts(path))
        up = self.folder + "/up"
        digest = hashlib.sha256()
        with open(up, "wb") as file:
            block = os.urandom(1 << 20)
            for number in range(mebibytes):
                piece = struct.pack("<Q", number) + block[8:]
                file.write(piece)
                digest.update(piece)

        def curl(*options):
            return self.call("curl", "-sS", "--fail", "--unix-socket", path, *options)

        with self.tapped(path):
            curl("-T", up, "http://localhost/file")
            with open(root + "/file", "rb") as file:
                self.assertEqual(hashlib.file_digest(file, "sha256").hexdigest()
                                 if hasattr(hashlib, "file_digest") else hash_of(file), digest.hexdigest())
            os.unlink(up)
            curl("-o", up, "http://localhost/file")
        with open(up, "rb") as file:
            self.assertEqual(hash_of(file), digest.hexdigest())


def hash_of(file):
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


class Bus:
    """A few words of the D-Bus protocol: enough to pass a descriptor from one client to another."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(path)
        self.serial, self.buffer, self.descriptors = 0, b"", []
        uid = str(os.geteuid()).encode().hex().encode()
        self.socket.sendall(b"\0AUTH EXTERNAL " + uid + b"\r\n")
        self.line(b"OK ")
        self.socket.sendall(b"NEGOTIATE_UNIX_FD\r\n")
        self.line(b"AGREE_UNIX_FD")
        self.socket.sendall(b"BEGIN\r\n")
        self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello")
        body = self.message()[1]
        self.name = body[4:4 + struct.unpack_from("<I", body)[0]].decode()

    def close(self):
        self.socket.close()

    def line(self, start):
        line = b""
        while not line.endswith(b"\r\n"):
            line += self.socket.recv(1)
        if not line.startswith(start):
            raise AssertionError(f"the bus says {line}")

    @staticmethod
    def padded(data, to=8):
        return data + b"\0" * (-len(data) % to)

    def call(self, destination, path, interface, member, body=b"", signature="", descriptors=()):
        self.serial += 1
        fields = b""

        def field(code, kind, value):
            nonlocal fields
            fields = self.padded(fields) + bytes([code, len(kind)]) + kind.encode() + b"\0"
            if kind == "g":
                fields += bytes([len(value)]) + value.encode() + b"\0"
            elif kind == "u":
                fields = self.padded(fields, 4) + struct.pack("<I", value)
            else:
                fields = self.padded(fields, 4) + struct.pack("<I", len(value)) + value.encode() + b"\0"

        field(1, "o", path)
        field(2, "s", interface)
        field(3, "s", member)
        field(6, "s", destination)
        if signature:
            field(8, "g", signature)
        if descriptors:
            field(9, "u", len(descriptors))
        head = b"l\1\0\1" + struct.pack("<III", len(body), self.serial, len(fields))
        message = self.padded(head + fields) + body
        extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        sent = self.socket.sendmsg([message], extra)
        self.socket.sendall(message[sent:])

    def read(self, size):
        while len(self.buffer) < size:
            data, extra, _, _ = self.socket.recvmsg(4096, socket.CMSG_SPACE(4 * 16))
            for level, kind, numbers in extra:
                if kind == socket.SCM_RIGHTS:
                    self.descriptors += array.array("i", numbers)
            if not data:
                raise AssertionError("the bus hung up")
            self.buffer += data
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def message(self):
        head = self.read(16)
        body, fields = struct.unpack_from("<I", head, 4)[0], struct.unpack_from("<I", head, 12)[0]
        self.read(fields + (-fields) % 8)
        return head[1], self.read(body)

    def send_descriptor(self, destination, descriptor):
        self.call(destination, "/", "org.example.Test", "Take", struct.pack("<I", 0), "h", [descriptor])

    def receive_descriptor(self):
        while not self.descriptors:
            self.message()
        return self.descriptors.pop()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
