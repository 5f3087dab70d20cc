#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""sockeye export: each form is read, compiled or run by a party of its own, and bytes are compared.

  exports.py SOCKEYE [TEST]...

What is not there is skipped and said so; tests/run installs all of it.
"""
import base64, csv, datetime, glob, io, json, os, re, shutil, signal, socket, subprocess, sys, unittest

csv.field_size_limit(1 << 24)
sys.dont_write_bytecode = True  # nothing of a test's stays in the sources
from taptest import PATIENCE, SOCKEYE, TapTest, accepts, wait_for

EVERY_BYTE = bytes(range(256))
# What the languages that are written read in ways of their own.
TRAPS = (b"-n %s %d %% '\"`$(id)${HOME}!! \\ \\n \\x41\\101 ??/ ??= */ /* // # \r\n\t\0\x00" + b"1\x01" + b"7"
         + b"\xff\xfe \xc3\xa9 \xf0\x9f\x90\x9f \xe2\x80\xae \x7f\x1b[31m =1+1 @x a\\")
RECORDS = [b"hello\n", EVERY_BYTE, TRAPS, b"=cmd|' /C calc'!A0", b"\xef\xbb\xbfmark", b"-", b"@file", b"\n"]
LARGE = bytes((i * i + i // 251) & 0xff for i in range(200_001))
HOSTILE_NAME = "-a b,c:d!!e'f\"g\\h$(id)%s??i(j)[k]{l}é\U0001f41f\\"


def needs(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    return unittest.skipIf(missing, f"not installed: {' '.join(missing)}")


def unescaped(text):
    """What the escapes of CSV stand for."""
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\"}

    def byte(match):
        return plain.get(match[1]) or bytes.fromhex(match[1][1:].decode())

    return re.sub(rb"\\(x[0-9a-f]{2}|.)", byte, text.encode(), flags=re.DOTALL)


def payload(line):
    if "base64" in line:
        return base64.b64decode(line["base64"])
    return line.get("text", "").encode()


class Export(TapTest):
    def record(self, path, name="capture.pcapng", clients=(RECORDS,), options=()):
        """A capture of what clients sent, a record each, and an echoing server answered."""
        capture = f"{self.folder}/{name}"
        server = self.start(SOCKEYE, "serve", path, "--echo", "--record", capture, "--quiet", *options)
        where = "\0" + path if "--abstract" in options else path
        wait_for("the server", lambda: accepts(where) or server.poll() is not None)
        for sent in clients:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(PATIENCE)
                client.connect(where)
                for record in sent:
                    client.sendall(record)
                    answer = b""
                    while len(answer) < len(record):
                        answer += client.recv(1 << 20)
                client.shutdown(socket.SHUT_WR)
                while client.recv(1 << 16):
                    pass
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(PATIENCE), 0, self.told_by(server))
        return capture

    def export(self, capture, form, *options):
        return self.call(SOCKEYE, "export", capture, "--as", form, *options, text=False)

    def show(self, capture, *options):
        return [json.loads(line) for line in self.call(SOCKEYE, "show", capture, "--json", *options).splitlines()]

    def refused(self, *arguments, status=1):
        done = subprocess.run([SOCKEYE, "export", *arguments], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr


class Files(Export):
    def setUp(self):
        super().setUp()
        self.capture = self.record(self.folder + "/api", clients=(RECORDS, [b"ask", LARGE], [b"third"]))
        self.lines = self.show(self.capture)
        self.assertGreater(max(line.get("length", 0) for line in self.lines), 0xffff)  # more than a packet

    SELECTIONS = {
        (): lambda line: True,
        ("--filter", "kind == data and len > 20"): lambda line: line["event"] == "data" and line["length"] > 20,
        ("--follow-connection", "3"): lambda line: line["connection"] == 3,
        ("--follow-connection", "3", "--direction", "out"):
            lambda line: line["connection"] == 3 and line["direction"] == "out",
        ("--direction", "in"): lambda line: line["direction"] == "in",
        ("--records", "3-7,9"): lambda line: line["record"] in (3, 4, 5, 6, 7, 9),
        ("--records", "2-99", "--filter", "kind == data", "--direction", "out"):
            lambda line: line["record"] >= 2 and line["event"] == "data" and line["direction"] == "out",
    }

    def tshark(self, *arguments):
        environment = dict(self.environment, HOME=self.folder, XDG_CONFIG_HOME=self.folder)
        return self.call("tshark", *arguments, env=environment)

    @needs("tshark")
    def test_pcapng(self):
        for options, selects in self.SELECTIONS.items():
            with self.subTest(options):
                file = self.folder + "/out.pcapng"
                self.export(self.capture, "pcapng", "-o", file, "--force", *options)
                expected = [line for line in self.lines if selects(line)]
                self.assertGreater(len(expected), 1)
                again = self.show(file)
                self.assertEqual([dict(line, record=None) for line in again],
                                 [dict(line, record=None) for line in expected])
                self.assertEqual([line["record"] for line in again], list(range(len(again))))
                # Wireshark: nothing to complain of, and the same of every record.
                self.assertEqual(self.tshark("-r", file, "-q", "-z", "expert,warn").strip(), "")
                self.assertEqual(self.seen_by_tshark(file), self.streams(expected))
                self.assertEqual(self.times_by_tshark(file),
                                 [line["time"] for line in expected if line["event"] == "data"])
                self.assertEqual(os.stat(file).st_mode & 0o777, 0o600)

    def times_by_tshark(self, file):
        """Of the last packet of each record."""
        out = self.tshark("-r", file, "-Y", "tcp.flags.push == 1", "-T", "fields", "-e", "frame.time_epoch")
        times = []
        for line in out.split():
            seconds, nanoseconds = line.split(".")
            moment = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
            times.append(f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds}Z")
        return times

    def seen_by_tshark(self, file):
        """By stream and direction, all bytes: as often as there are streams with data."""
        out = self.tshark("-r", file, "-Y", "tcp.len > 0", "-T", "fields", "-e", "tcp.stream", "-e", "tcp.dstport",
                          "-e", "tcp.payload")
        streams = {}
        for line in out.splitlines():
            stream, port, data = line.split("\t")
            key = int(stream), "in" if port == "50000" else "out"
            streams[key] = streams.get(key, b"") + bytes.fromhex(data)
        return sorted(streams.values())

    @staticmethod
    def streams(lines):
        streams = {}
        for line in lines:
            if line["event"] == "data":
                key = line["connection"], line["direction"]
                streams[key] = streams.get(key, b"") + payload(line)
        return sorted(streams.values())

    def test_pcapng_on_standard_output(self):
        file = self.folder + "/piped.pcapng"
        with open(file, "wb") as out:
            out.write(self.export(self.capture, "pcapng"))
        self.assertEqual(self.show(file), self.lines)

    def test_raw(self):
        sent = b"".join(RECORDS)
        self.assertEqual(self.export(self.capture, "raw", "--follow-connection", "2", "--direction", "in"), sent)
        self.assertEqual(self.export(self.capture, "raw", "--follow-connection", "3", "--direction", "out"),
                         b"ask" + LARGE)
        both = b"".join(payload(line) for line in self.lines)
        self.assertEqual(self.export(self.capture, "raw"), both)

    def test_jsonl(self):
        out = self.export(self.capture, "jsonl")
        self.assertEqual(out.decode(), self.call(SOCKEYE, "show", self.capture, "--json"))
        for line in out.splitlines():
            self.assertEqual(list(json.loads(line)), sorted(json.loads(line)))
        for options, selects in self.SELECTIONS.items():
            lines = [json.loads(line) for line in self.export(self.capture, "jsonl", *options).splitlines()]
            self.assertEqual(lines, [line for line in self.lines if selects(line)])

    def test_csv(self):
        for options, data in ((), unescaped), (("--hex",), bytes.fromhex):
            out = self.export(self.capture, "csv", *options).decode()
            self.assertNotIn("\n", out.replace("\r\n", ""))  # RFC 4180, and no line breaks in fields
            rows = list(csv.DictReader(io.StringIO(out, newline=""), strict=True))
            self.assertEqual(len(rows), len(self.lines))
            for row, line in zip(rows, self.lines):
                self.assertEqual(list(row), ["record", "time", "connection", "server", "address", "direction", "kind",
                                             "length", "note", "data"])
                self.assertEqual({key: row[key] for key in ("record", "connection", "server", "length")},
                                 {key: str(line.get(key, 0)) for key in ("record", "connection", "server", "length")})
                self.assertEqual((row["time"], row["address"], row["direction"], row["kind"]),
                                 (line["time"], line["address"], line["direction"], line["event"]))
                self.assertEqual(data(row["data"]), payload(line))
                self.assertNotIn(row["data"][:1], list("=+-@"))  # no spreadsheet takes it for a formula

    @needs("cc", "c++")
    def test_c(self):
        for option in "", "--per-direction":
            header = self.folder + "/records.h"
            self.export(self.capture, "c", "-o", header, "--force", *filter(None, [option]))
            with open(header) as file:
                names = re.findall(r"static const unsigned char (\w+)\[\]", file.read())
            expected = {}
            for line in self.lines:
                side = "server" if line["direction"] == "in" else "client"
                name = f"bytes_to_{side}" if option else f"record_{line['record']}_to_{side}"
                if line["event"] == "data":
                    expected[name] = expected.get(name, b"") + payload(line)
            self.assertEqual(names, list(expected))
            for compiler, suffix in ("cc", "c"), ("c++", "cpp"):
                program = f"{self.folder}/program"
                with open(f"{program}.{suffix}", "w") as file:
                    file.write('#include <stdio.h>\n#include "records.h"\nint main(void)\n{\n')
                    file.writelines(f"    fwrite({name}, 1, sizeof {name}, stdout);\n" for name in names)
                    file.write("    return 0;\n}\n")
                warnings = self.call(compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", program,
                                     f"{program}.{suffix}", stderr=subprocess.STDOUT)
                self.assertEqual(warnings, "")
                self.assertEqual(self.call(program, text=False), b"".join(expected.values()))

    def test_never_over_what_is_there(self):
        with open(self.folder + "/mine", "w") as file:
            file.write("precious")
        self.assertIn("is there already", self.refused(self.capture, "--as", "raw", "-o", self.folder + "/mine"))
        before = self.show(self.capture)
        self.assertIn("cannot be written", self.refused(self.capture, "--as", "raw", "-o", self.capture, "--force"))
        self.assertIn("cannot be written",
                      self.refused(self.capture, "--as", "python", "--filter", "conn == 2", "-o", self.capture,
                                   "--force"))
        self.assertEqual(self.show(self.capture), before)
        self.assertIn("There is no connection 99",
                      self.refused(self.capture, "--as", "raw", "--follow-connection", "99", "-o",
                                   self.folder + "/mine", "--force"))
        with open(self.folder + "/mine") as file:
            self.assertEqual(file.read(), "precious")
        self.assertEqual(glob.glob(self.folder + "/mine?*"), [])

    def test_never_over_what_is_recorded(self):
        live = self.folder + "/live.pcapng"
        server = self.start(SOCKEYE, "serve", self.folder + "/live", "--echo", "--record", live, "--quiet")
        wait_for("the server", lambda: accepts(self.folder + "/live"))
        self.assertIn("cannot be written", self.refused(self.capture, "--as", "raw", "-o", live, "--force"))
        # Without --record there are segments of a folder, which nobody else may write over either.
        other = self.start(SOCKEYE, "serve", self.folder + "/other", "--echo", "--quiet")
        wait_for("the server", lambda: accepts(self.folder + "/other"))
        segments = glob.glob(self.folder + "/cache/sockeye/captures/*/*.pcapng")
        self.assertEqual(len(segments), 1)
        following = segments[0].replace("000001", "000002")
        for segment in segments[0], following:
            self.assertIn("cannot be written", self.refused(self.capture, "--as", "raw", "-o", segment, "--force"))
        self.assertFalse(os.path.exists(following))
        for child in server, other:
            child.send_signal(signal.SIGTERM)
            self.assertEqual(child.wait(PATIENCE), 0)
        self.export(self.capture, "raw", "-o", live, "--force")  # nobody records to it any more

    def test_interrupted(self):
        capture = self.record(self.folder + "/much", "much.pcapng", clients=([EVERY_BYTE * 256] * 600,))
        out = self.folder + "/out.h"
        for number in signal.SIGINT, signal.SIGTERM:
            child = self.start(SOCKEYE, "export", capture, "--as", "c", "-o", out)
            wait_for("the first bytes", lambda: any(map(os.path.getsize, glob.glob(out + ".*"))))
            child.send_signal(number)
            self.assertEqual(child.wait(PATIENCE), 1)
            self.assertIn("The export was cancelled", self.told_by(child))
            self.assertEqual(glob.glob(out + "*"), [])

    def test_usage(self):
        for wrong in (["--as", "pdf"], [], ["--as", "raw", "--records", "7-3"], ["--as", "raw", "--records", "1,,2"],
                      ["--as", "raw", "--records", "x"], ["--as", "raw", "--direction", "up"],
                      ["--as", "raw", "--filter", "conn=="], ["--as", "raw", "--hex"],
                      ["--as", "csv", "--per-direction"], ["--as", "raw", "--follow-connection", "0"]):
            self.assertNotEqual(self.refused(self.capture, *wrong, status=2), "")

    def test_damaged(self):
        damaged = self.folder + "/damaged.pcapng"
        with open(self.capture, "rb") as whole, open(damaged, "wb") as cut:
            cut.write(whole.read()[:-7])
        done = subprocess.run([SOCKEYE, "export", damaged, "--as", "jsonl"], capture_output=True, text=True,
                              timeout=PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertEqual([json.loads(line) for line in done.stdout.splitlines()], self.lines[:-1])
        self.assertIn("damaged.pcapng", done.stderr)

    def test_reader_that_leaves(self):
        with subprocess.Popen([SOCKEYE, "export", self.capture, "--as", "c"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as child:
            child.stdout.readline()
            child.stdout.close()
            self.assertIn("Standard output cannot be written", child.stderr.read())
            self.assertEqual(child.wait(PATIENCE), 1)


class Programs(Export):
    """Each text is run as it is, and sends the same bytes to the same address."""
    ANSWER = b"HTTP/1.0 200 OK\r\n\r\nanswer of the server\n"

    def sent_again(self, path, capture, form, run, *options, when="end", abstract=False):
        """What arrives when the text that is exported is run, as Sockeye itself records it."""
        text = self.folder + "/text"
        self.export(capture, form, "-o", text, "--force", *options)
        again = self.folder + "/again.pcapng"
        answer = self.folder + "/answer"
        with open(answer, "wb") as file:
            file.write(self.ANSWER)
        server = self.start(SOCKEYE, "serve", path, *(["--abstract"] if abstract else []), "--reply", answer,
                            "--reply-when", when, "--then-close", "--record", again, "--json", stdout=subprocess.PIPE,
                            text=True)
        self.assertIn("listening", server.stdout.readline())
        done = subprocess.run(run(text), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=2 * PATIENCE,
                              env=self.environment, cwd=self.folder)
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (0, b""), done)
        arrived = self.export(again, "raw", "--direction", "in")
        connections = {line["connection"] for line in self.show(again)}
        os.unlink(again)
        return arrived, done.stdout, len(connections)

    def check(self, path, form, run, abstract=False, clients=([b"first"], RECORDS)):
        capture = self.record(path, clients=clients, options=["--abstract"] if abstract else [])
        number = str(1 + len(clients))  # the probe was the first
        arrived, answer, connections = self.sent_again(path, capture, form, run, "--follow-connection", number,
                                                       abstract=abstract)
        self.assertEqual(arrived, b"".join(clients[-1]))
        self.assertEqual(answer, self.ANSWER)
        self.assertEqual(connections, 1)

    def addresses(self):
        yield self.folder + "/plain", False
        yield self.folder + "/" + HOSTILE_NAME, False
        yield f"sockeye-{os.getpid()}-{HOSTILE_NAME}", True
        yield f"sockeye-{os.getpid()}-plain", True

    def check_everywhere(self, form, run):
        for path, abstract in self.addresses():
            with self.subTest(path):
                self.check(path, form, run, abstract)
                os.unlink(self.folder + "/capture.pcapng")

    @needs("socat")
    def test_socat(self):
        for shell in "sh", "bash", "zsh":
            if shutil.which(shell):
                self.check_everywhere("socat", lambda text: [shell, text])

    def test_python(self):
        self.check_everywhere("python", lambda text: [sys.executable, "-W", "error", text])

    # As curl itself would put it, Host first: these arrive byte by byte as they were.
    SAME = [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: me\r\nAccept: */*\r\n\r\n",
        b"GET /a'b?c=%20&d=\"$(id)`id`\\&{x}[1-3]/../. HTTP/1.1\r\nHost: '$HOME'\r\nX-Empty:\r\n\r\n",
        b"DELETE /\xff\xc3\xa9 HTTP/1.1\r\nHost: x\r\nX-Latin: \xe9\t!!\r\nX-Same: 1\r\nX-Same: 2\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 17\r\n\r\nit's \n\"text\" $x\\\n",
        b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 256\r\n\r\n" + EVERY_BYTE,
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n@file",
        b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /old HTTP/1.0\r\n\r\n",
        b"GET http://proxy.example/x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /chunks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ]

    def asked(self, path, requests):
        capture = self.folder + "/http.pcapng"
        server = self.start(SOCKEYE, "serve", path, "--reply-text", "HTTP/1.0 200 OK\\r\\n\\r\\n", "--reply-when", "record",
                            "--then-close", "--record", capture, "--json", stdout=subprocess.PIPE, text=True)
        self.assertIn("listening", server.stdout.readline())
        for request in requests:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(PATIENCE)
                client.connect(path)
                client.sendall(request)
                self.assertTrue(client.recv(100))
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=PATIENCE)
        return capture

    @needs("curl")
    def test_curl(self):
        for path in self.folder + "/plain", self.folder + "/" + HOSTILE_NAME:
            capture = self.asked(path, self.SAME)
            for number, request in enumerate(self.SAME, 1):
                with self.subTest(path=path, request=request):
                    arrived, _, connections = self.sent_again(
                        path, capture, "curl", lambda text: ["sh", "-c", '. "$0" 2> curl', text],
                        "--follow-connection", str(number), when="record")
                    self.assertEqual(arrived, request)
                    self.assertEqual(connections, 1)
            os.unlink(capture)

    @needs("curl")
    def test_curl_again(self):
        """What curl puts in another order, and several requests of one connection."""
        path = self.folder + "/api"
        moved = b"POST / HTTP/1.1\r\nAccept: x\r\nHost: y\r\nContent-Length: 2\r\nFrom: z\r\n\r\nab"
        capture = self.asked(path, [moved, self.SAME[0] + self.SAME[5]])
        run = lambda text: ["sh", "-c", '. "$0" 2> curl', text]
        arrived, _, _ = self.sent_again(path, capture, "curl", run, "--follow-connection", "1", when="record")
        head, body = arrived.split(b"\r\n\r\n")
        self.assertEqual(sorted(head.split(b"\r\n")), sorted(moved.split(b"\r\n\r\n")[0].split(b"\r\n")))
        self.assertEqual(body, b"ab")
        arrived, _, connections = self.sent_again(path, capture, "curl", run, "--follow-connection", "2",
                                                  when="record")
        self.assertEqual((arrived, connections), (self.SAME[0] + self.SAME[5], 2))

    @needs("curl")
    def test_curl_abstract(self):
        name = f"sockeye-{os.getpid()}-é b"
        capture = self.record(name, clients=([self.SAME[0]],), options=["--abstract"])
        arrived, _, _ = self.sent_again(name, capture, "curl", lambda text: ["sh", "-c", '. "$0" 2> curl', text],
                                        "--follow-connection", "2", when="record", abstract=True)
        self.assertEqual(arrived, self.SAME[0])

    def test_what_cannot_be_copied(self):
        wrong = [b"hello\n", b"GET / HTTP/1.1\n\n", b"GET / HTTP/2.0\r\n\r\n", b"GET / HTTP/1.1\r\n",
                 b"GET / HTTP/1.1\r\n@file: x\r\n\r\n", b"GET / HTTP/1.1\r\nX: \r\r\n\r\n", b"GET  HTTP/1.1\r\n\r\n",
                 b"GET / HTTP/1.1\r\n folded: x\r\n\r\n",
                 b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab", b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                 b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nab",
                 b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab\r\n0\r\n\r\n",
                 b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
                 b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"]
        capture = self.record(self.folder + "/api", clients=[[text] for text in wrong] + [[LARGE] * 6])
        for number in range(2, len(wrong) + 2):
            with self.subTest(wrong[number - 2]):
                self.assertIn("not whole HTTP/1 requests",
                              self.refused(capture, "--as", "curl", "--follow-connection", str(number)))
        for form in "curl", "socat", "python", "qt":
            self.assertIn("more than one connection", self.refused(capture, "--as", form))
            self.assertIn("no client sent a byte", self.refused(capture, "--as", form, "--direction", "out"))
            self.assertIn("more than 1 MiB", self.refused(capture, "--as", form, "--filter", "len > 60000"))

    def build(self, source):
        """With the lines for CMake that the text itself brings along."""
        with open(source) as file:
            text = file.read()
        lines = re.search(r"// CMakeLists.txt beside it:\n((?://   .*\n)+)", text)[1]
        build = self.folder + "/build"
        os.makedirs(build, exist_ok=True)
        shutil.copy(source, build + "/main.cpp")
        with open(build + "/CMakeLists.txt", "w") as file:
            file.write(lines.replace("//   ", ""))
        self.call("cmake", "-S", build, "-B", build, "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Wtrigraphs -Werror")
        self.call("cmake", "--build", build)
        return build + "/send"

    @needs("cmake", "c++")
    def test_qt(self):
        for path, abstract in list(self.addresses())[1:3]:
            with self.subTest(path):
                self.check(path, "qt", lambda text: [self.build(text)], abstract,
                           clients=([b"first"], RECORDS + [LARGE]))
                os.unlink(self.folder + "/capture.pcapng")

    @needs("socat")
    def test_much(self):
        """More than any buffer between them holds, while the server says a lot, too."""
        much = [EVERY_BYTE * 256] * 15
        path = self.folder + "/much"
        capture = self.record(path, clients=(much,))
        for form, run in (("socat", "sh"), ("python", sys.executable)):
            with self.subTest(form):
                text = self.folder + "/text"
                self.export(capture, form, "-o", text, "--force", "--filter", "conn == 2")
                server = self.start(SOCKEYE, "serve", path, "--echo", "--json", stdout=subprocess.PIPE, text=True)
                self.assertIn("listening", server.stdout.readline())
                done = subprocess.run([run, text], stdout=subprocess.PIPE, timeout=PATIENCE)
                server.send_signal(signal.SIGTERM)
                server.communicate(timeout=PATIENCE)
                self.assertEqual(done.stdout, b"".join(much))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
