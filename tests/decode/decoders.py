#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What other programs write, against what the decoders read in it.

  decoders.py DECODETOOL [TEST]...

The values are those of Python's own modules and of other people's libraries and programs; the ranges
are proved by reading them again with those. What is not installed is skipped and said so.
The distribution's Python, because its packages of libraries are for that one.
"""
import contextlib, datetime, glob, json, math, os, queue, random, re, shutil, socket, struct, subprocess, sys
import tempfile, threading, unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True  # nothing of a test's stays in the sources
PATIENCE = 60
DECODETOOL = sys.argv[1]
LONGEST_VALUE = 1000
UNPACKED = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../build/programs")


def decode(decoder, message, direction="to-server", *options):
    done = subprocess.run([DECODETOOL, decoder, direction, *options], input=message, capture_output=True,
                          timeout=PATIENCE)
    if done.returncode != 0:
        raise AssertionError(done)
    return json.loads(done.stdout)


def walk(node):
    yield node
    for child in node["children"]:
        yield from walk(child)


def part(message, node):
    return message[node["offset"]:node["offset"] + node["length"]]


def displayed(text):
    """How a value is shown: what cannot be seen is escaped. (Only what these tests write.)"""
    simple = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return "".join(simple.get(c) or (c if c.isprintable() else
                                     "\\x%02x" % ord(c) if ord(c) < 0x80 else
                                     "\\u%04x" % ord(c) if ord(c) < 0x10000 else "\\U%08x" % ord(c))
                   for c in text)


def spaced_hex(data):
    return data.hex(" ")


class Values:
    """Random values that a test's format can hold."""

    def __init__(self, seed, has_bytes):
        self.random = random.Random(seed)
        self.has_bytes = has_bytes

    def text(self):
        letters = "ab ü€\n\t\"\\/\u2028😀\x01{}[],:"
        return "".join(self.random.choice(letters) for _ in range(self.random.randrange(12)))

    def scalar(self):
        kind = self.random.randrange(8 if self.has_bytes else 7)
        if kind == 0:
            return None
        if kind == 1:
            return self.random.random() < 0.5
        if kind == 2:
            return self.random.randrange(-40, 300)
        if kind == 3:
            return self.random.randrange(-2 ** 63, 2 ** 64) >> self.random.randrange(64)
        if kind == 4:
            return self.random.choice((0.0, 0.1, -2.5e-300, 1e22, 3.0, 123456.789))
        if kind == 7:
            return self.random.randbytes(self.random.randrange(40))
        return self.text()

    def value(self, depth=0):
        kind = self.random.randrange(6)
        if depth < 5 and kind == 0 or depth == 0:
            # Names that differ, also as they are shown.
            return {f"{self.text()}{i}": self.value(depth + 1) for i in range(self.random.randrange(6))}
        if depth < 5 and kind == 1:
            return [self.value(depth + 1) for _ in range(self.random.randrange(6))]
        return self.scalar()


class DecoderTest(unittest.TestCase):
    def decode(self, decoder, message, direction="to-server", *options):
        tree = decode(decoder, message, direction, *options)
        self.assertTrue(tree["valid"], (decoder, message, tree))
        return tree

    def check_tree(self, node, value, scalar):
        """The node and what is in it stand for @value; @scalar(node, value) judges single ones."""
        if isinstance(value, dict):
            self.assertEqual([c["name"] for c in node["children"]],
                             [displayed(str(k)) or '""' for k in value], node)
            for child, inner in zip(node["children"], value.values()):
                self.check_tree(child, inner, scalar)
        elif isinstance(value, list):
            self.assertEqual([c["name"] for c in node["children"]],
                             ["[%d]" % i for i in range(len(value))], node)
            for child, inner in zip(node["children"], value):
                self.check_tree(child, inner, scalar)
        else:
            self.assertEqual(node["children"], [], node)
            scalar(node, value)


class Json(DecoderTest):
    def test_values(self):
        for seed in range(40):
            value = Values(seed, False).value()
            text = json.dumps(value, ensure_ascii=seed % 2 == 0, indent=seed % 3 or None)
            message = text.encode()
            tree = self.decode("json", message)

            def scalar(node, single):
                if isinstance(single, str):
                    self.assertEqual((node["value"], node["type"]), (displayed(single), "string"))
                else:
                    self.assertEqual(node["value"], json.dumps(single))

            self.check_tree(tree["root"], value, scalar)
            self.check_ranges(message, tree["root"], value)

    def check_ranges(self, message, root, value):
        """Each range, read by Python, is the value again: with its name in an object, alone in a list."""
        if not isinstance(value, (dict, list)):
            return
        pairs = value.items() if isinstance(value, dict) else ((None, v) for v in value)
        for child, (key, inner) in zip(root["children"], pairs):
            text = part(message, child).decode()
            self.assertEqual(json.loads("{%s}" % text if key is not None else text),
                             {key: inner} if key is not None else inner)
            self.check_ranges(message, child, inner)

    def test_numbers_as_written(self):
        for text in ("1e400", "-0.0", "1" * 400, "0.1E+5", "1.10", "-1e-999", "0." + "1" * 500):
            message = ("[1, %s, {\"a\": %s}]" % (text, text)).encode()
            root = self.decode("json", message)["root"]
            self.assertEqual(root["children"][1]["value"], text)
            self.assertEqual(part(message, root["children"][1]), text.encode())
            self.assertEqual(root["children"][2]["children"][0]["value"], text)

    def test_judges_as_python_does(self):
        """Mistakes of one byte: valid here if and only if valid there."""
        text = b'{"a": [1, -2.5e3, true, null, "x\\n\\u00e9\\\\"], "b": {}, "c": "\xc3\xbc"}'
        shuffle = random.Random(5)
        refused = 0
        for _ in range(400):
            message = bytearray(text)
            message[shuffle.randrange(len(message))] = shuffle.choice(b'"\\{}[],:0-+.eEtn \x00\x1f\xc3\xff')
            try:
                json.loads(message.decode(), parse_constant=lambda name: 1 / 0)
                is_valid = True
            except (ValueError, ArithmeticError):
                is_valid = False
                refused += 1
            self.assertEqual(decode("json", bytes(message))["valid"], is_valid, message)
        self.assertGreater(refused, 100)


class Binary(DecoderTest):
    def check(self, decoder, encode, read, null):
        for seed in range(40):
            value = Values(seed, True).value()
            message = encode(value)
            tree = self.decode(decoder, message)

            def scalar(node, single):
                if single is None:
                    expected = null
                elif isinstance(single, bool):
                    expected = str(single).lower()
                elif isinstance(single, bytes):
                    expected = spaced_hex(single)
                elif isinstance(single, float):
                    self.assertEqual(float(node["value"]), single, node)
                    return
                else:
                    expected = displayed(str(single))
                self.assertEqual(node["value"], expected, node)

            self.check_tree(tree["root"], value, scalar)
            self.check_ranges(message, tree["root"], value, read)

    def check_ranges(self, message, root, value, read):
        if isinstance(value, dict):
            for child, (key, inner) in zip(root["children"], value.items()):
                # A map of one: the name and the value are that of the range.
                single = read(b"\x81" + part(message, child) if read.__module__.startswith("msgpack")
                              else b"\xa1" + part(message, child))
                self.assertEqual(single, {key: inner})
                self.check_ranges(message, child, inner, read)
        elif isinstance(value, list):
            for child, inner in zip(root["children"], value):
                self.assertEqual(read(part(message, child)), inner)
                self.check_ranges(message, child, inner, read)

    def test_cbor(self):
        try:
            import cbor2
        except ImportError:
            self.skipTest("python3-cbor2 is not there")
        self.check("cbor", cbor2.dumps, cbor2.loads, "null")

    def test_cbor_kinds(self):
        try:
            import cbor2
        except ImportError:
            self.skipTest("python3-cbor2 is not there")
        import decimal, fractions, ipaddress, uuid
        for value in (datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc), 2 ** 70, -2 ** 70,
                      decimal.Decimal("1.5"), fractions.Fraction(1, 3), uuid.UUID(int=7), {1, 2},
                      cbor2.CBORSimpleValue(200), cbor2.undefined, re.compile("a")):
            message = cbor2.dumps([value, 1])
            root = self.decode("cbor", message)["root"]
            self.assertEqual([c["name"] for c in root["children"]], ["[0]", "[1]"])
            self.assertEqual(cbor2.loads(part(message, root["children"][0])), value)
            if message[1] >> 5 == 6:
                self.assertTrue(root["children"][0]["type"].startswith("tag "), root)
        for number in (0.0, 1.5, -2.0, math.inf, 65504.0, 5.960464477539063e-08):
            half = b"\xf9" + struct.pack(">e", number)
            root = self.decode("cbor", half)["root"]
            self.assertEqual((struct.pack(">e", float(root["value"])), root["type"]), (half[1:], "half float"))

    def test_cbor_judges_as_cbor2_does(self):
        try:
            import cbor2
        except ImportError:
            self.skipTest("python3-cbor2 is not there")
        text = cbor2.dumps({"a": [1, -2, 1.5, b"xy", None], "b": {"c": 300}})
        for size in range(1, len(text)):
            self.assertFalse(decode("cbor", text[:size])["valid"], size)
            self.assertTrue(decode("cbor", text[:size], "to-server", "--cut")["valid"], size)

    def test_messagepack(self):
        try:
            import msgpack
        except ImportError:
            self.skipTest("python3-msgpack is not there")

        def read(data):
            return msgpack.unpackb(data, strict_map_key=False)

        read.__module__ = "msgpack"
        self.check("messagepack", msgpack.packb, read, "nil")
        text = msgpack.packb({"a": [1, -2, 1.5, b"xy", None], "b": {"c": 300}})
        for size in range(1, len(text)):
            self.assertFalse(decode("messagepack", text[:size])["valid"], size)
            self.assertTrue(decode("messagepack", text[:size], "to-server", "--cut")["valid"], size)

    def test_messagepack_kinds(self):
        try:
            import msgpack
        except ImportError:
            self.skipTest("python3-msgpack is not there")
        for code, size in ((5, 1), (5, 2), (5, 3), (-7, 16), (127, 300), (0, 70000)):
            data = bytes(i % 251 for i in range(size))
            message = msgpack.packb([msgpack.ExtType(code, data) if code >= 0 else
                                     msgpack.Timestamp(1, 2)])
            root = self.decode("messagepack", message)["root"]
            if code >= 0:
                self.assertIn("type %d" % code, root["children"][0]["type"])
                self.assertTrue(spaced_hex(data).startswith(root["children"][0]["value"].rstrip("…")))
        for seconds, nanoseconds in ((0, 0), (1700000000, 1), (2 ** 33, 5), (-1, 0), (2 ** 34, 999999999)):
            stamp = msgpack.Timestamp(seconds, nanoseconds)
            root = self.decode("messagepack", msgpack.packb(stamp))["root"]
            day = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
            shown = day.strftime("%Y-%m-%dT%H:%M:%S")
            self.assertEqual(root["value"], shown + (".%09d" % nanoseconds if nanoseconds else "") + "Z")


class Xml(DecoderTest):
    def test_documents(self):
        values = Values(3, False)
        for seed in range(40):
            values.random.seed(seed)
            root = self.make(values, 0)
            message = ElementTree.tostring(root, encoding=("utf-8", "us-ascii", "utf-16")[seed % 3])
            tree = self.decode("xml", message)
            element = [c for c in tree["root"]["children"] if c["type"] == "element"][0]
            self.check(element, ElementTree.fromstring(message), message, seed % 3 != 2)

    def make(self, values, depth):
        # Not what XML forbids or turns into something else when it is read.
        text = lambda: re.sub("[\x01\n\t\u2028]", "", values.text())
        node = ElementTree.Element("e%d" % values.random.randrange(9))
        for i in range(values.random.randrange(3)):
            node.set("a%d" % i, text())
        node.text = text()
        for _ in range(values.random.randrange(4) if depth < 4 else 0):
            child = self.make(values, depth + 1)
            child.tail = text()
            node.append(child)
        return node

    def check(self, node, element, message, has_ranges):
        self.assertEqual(node["name"], element.tag)
        attributes = [c for c in node["children"] if c["type"] == "attribute"]
        self.assertEqual({a["name"]: a["value"] for a in attributes},
                         {k: displayed(v) for k, v in element.attrib.items()})
        children = [c for c in node["children"] if c["type"] == "element"]
        self.assertEqual(len(children), len(element))
        pieces = [element.text] + [child.tail for child in element]
        shown = node["value"] + "".join(c["value"] for c in node["children"] if c["type"] == "text")
        self.assertEqual(shown, displayed("".join(p for p in pieces if p and p.strip(" \t\r\n"))))
        if has_ranges:
            for attribute in attributes:
                again = ElementTree.fromstring(b"<x " + part(message, attribute) + b"/>")
                self.assertEqual(displayed(again.get(attribute["name"])), attribute["value"])
            again = ElementTree.fromstring(part(message, node))
            self.assertEqual(ElementTree.tostring(again), ElementTree.tostring(self.without_tail(element)))
        for child, inner in zip(children, element):
            self.check(child, inner, message, has_ranges)

    @staticmethod
    def without_tail(element):
        copy = ElementTree.fromstring(ElementTree.tostring(element).rsplit(b">", 1)[0] + b">")
        return copy


class Protobuf(DecoderTest):
    SCHEMA = """syntax = "proto2";
    message Inner { optional int32 number = 1; optional string name = 2; }
    message Outer {
        optional int32 small = 1; optional sint32 zigzag = 2; optional int64 negative = 3;
        optional fixed32 four = 4; optional double eight = 5; optional string text = 6;
        optional bytes data = 7; optional Inner inner = 8; repeated Inner more = 9;
        optional group Old = 10 { optional bool yes = 11; } optional float real = 12;
        repeated int32 packed = 13 [packed = true]; optional sfixed64 last = 536870911; }
    """

    def test_protoc(self):
        if not shutil.which("protoc"):
            self.skipTest("protoc is not there")
        text = ('small: 150 zigzag: -75 negative: -1 four: 4000000000 eight: 2.5 text: "grüße\\n" '
                'data: "\\000\\377" inner { number: 7 name: "Ada" } more { number: 1 } more { name: "x" } '
                'Old { yes: true } real: 0.5 packed: 1 packed: 300 last: -5')
        with tempfile.TemporaryDirectory() as folder:
            with open(folder + "/t.proto", "w") as schema:
                schema.write(self.SCHEMA)
            protoc = ["protoc", "-I", folder, folder + "/t.proto"]
            message = subprocess.run(protoc + ["--encode=Outer"], input=text.encode(), check=True,
                                     capture_output=True, timeout=PATIENCE).stdout
            root = self.decode("protobuf", message)["root"]
            fields = {c["name"]: c for c in root["children"]}
            self.assertEqual([c["name"] for c in root["children"]],
                             "1 2 3 4 5 6 7 8 9 9 10 12 13 536870911".split())
            self.assertEqual(fields["1"]["value"], "150")
            self.assertIn("sint -75", fields["2"]["type"])
            self.assertIn("int -1,", fields["3"]["type"])
            self.assertEqual(fields["4"]["value"], "4000000000")
            self.assertIn("double 2.5", fields["5"]["type"])
            self.assertEqual((fields["6"]["value"], fields["6"]["type"]), ("grüße\\n", "string"))
            self.assertEqual((fields["7"]["value"], fields["7"]["type"]), ("00 ff", "bytes"))
            self.assertEqual([(c["name"], c["value"]) for c in fields["8"]["children"]],
                             [("1", "7"), ("2", "Ada")])
            self.assertEqual(fields["10"]["type"], "group")
            self.assertEqual(fields["10"]["children"][0]["value"], "1")
            self.assertIn("float 0.5", fields["12"]["type"])
            self.assertEqual(fields["536870911"]["value"], str(2 ** 64 - 5))
            # Each field alone is a message that protoc reads, and together they are the whole.
            read = lambda data: subprocess.run(protoc + ["--decode=Outer"], input=data, check=True,
                                               capture_output=True, timeout=PATIENCE).stdout
            self.assertEqual(b"".join(read(part(message, c)) for c in root["children"]), read(message))


class DataStream(DecoderTest):
    def test_structs(self):
        def string(text):
            data = text.encode("utf-16-be")
            return struct.pack(">I", len(data)) + data

        def variant(kind, data):
            return struct.pack(">IB", kind, 0) + data

        message = (variant(10, string("grüße 😀")) + variant(2, struct.pack(">i", -7)) +
                   variant(6, struct.pack(">d", 0.1)) + variant(5, struct.pack(">Q", 2 ** 64 - 1)) +
                   variant(8, struct.pack(">I", 1) + string("key") + variant(1, b"\1")))
        root = self.decode("qdatastream", message)["root"]
        self.assertEqual([(c["type"], c["value"]) for c in root["children"]],
                         [("QString", "grüße 😀"), ("int", "-7"), ("double", "0.1"),
                          ("qulonglong", str(2 ** 64 - 1)), ("QVariantMap", "")])
        self.assertEqual(root["children"][4]["children"][0]["name"], "key")
        message = struct.pack(">I", 99) + string("name") + struct.pack(">h", 5) + string("Ada")
        root = self.decode("qdatastream", message)["root"]
        self.assertEqual([c["value"] for c in root["children"]], ["99", "name", "5", "Ada"])


class Wayland(DecoderTest):
    def test_structs(self):
        def text(value):
            data = value.encode() + b"\0"
            return struct.pack("=I", len(data)) + data + b"\0" * (-len(data) % 4)

        def message(target, opcode, arguments):
            return struct.pack("=II", target, opcode | 8 + len(arguments) << 16) + arguments

        tree = self.decode("wayland", message(2, 0, struct.pack("=I", 7) + text("wl_seat") +
                                              struct.pack("=I", 9)), "to-client")
        self.assertEqual(tree["summary"], '#2 wl_registry.global?(7, "wl_seat", 9)')
        tree = self.decode("wayland", message(1, 1, struct.pack("=I", 2)))
        self.assertEqual(tree["summary"], "#1 wl_display.get_registry(#2)")


class Tapped(DecoderTest):
    """Real programs, whose bytes go through a relay that keeps them."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="decoders-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.finished = queue.Queue()  # what each connection sent, when it is over

    def relay(self, upstream, path):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        self.addCleanup(listener.close)

        def pump(source, target, kept):
            with contextlib.suppress(OSError):
                while data := source.recv(65536):
                    kept.append(data)
                    target.sendall(data)
            with contextlib.suppress(OSError):
                target.shutdown(socket.SHUT_WR)

        def serve(client):
            to_server, to_client = [], []
            with client, socket.socket(socket.AF_UNIX) as server:
                server.connect(upstream)
                back = threading.Thread(target=pump, args=(server, client, to_client))
                back.start()
                pump(client, server, to_server)
                back.join()
            self.finished.put({"to-server": b"".join(to_server), "to-client": b"".join(to_client)})

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()

    def sent(self):
        """By the next connection that is over."""
        return self.finished.get(timeout=PATIENCE)

    def start(self, *command, **options):
        process = subprocess.Popen(command, **options)

        def stop():
            process.terminate()
            process.wait(PATIENCE)

        self.addCleanup(stop)
        return process


class Http(Tapped):
    def test_curl(self):
        if not shutil.which("curl"):
            self.skipTest("curl is not there")
        import http.server, socketserver

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            address_string = lambda self: "local"
            log_message = lambda self, *arguments: None

            def do_POST(self):
                if self.headers.get("Transfer-Encoding") == "chunked":
                    while size := int(self.rfile.readline(), 16):
                        self.rfile.read(size + 2)
                    self.rfile.readline()
                else:
                    self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n")

        class Server(socketserver.UnixStreamServer):
            get_request = lambda self: (super(Server, self).get_request()[0], ("local", 0))

        server = Server(self.folder + "/http", Handler)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        self.relay(self.folder + "/http", self.folder + "/at")
        out = subprocess.run(["curl", "-sS", "--unix-socket", self.folder + "/at", "-H", "X-Empty;", "-d",
                              "a=b&c=d", "http://localhost/path?q=1"], capture_output=True, timeout=PATIENCE)
        self.assertEqual(out.stdout, b"hello, world", out)
        sent = self.sent()
        request = sent["to-server"]
        tree = self.decode("http", request)
        self.assertEqual(tree["call"], {"role": "request", "id": "", "method": "POST /path?q=1"})
        nodes = {n["name"]: n for n in tree["root"]["children"]}
        self.assertEqual(nodes["X-Empty"]["value"], "")
        self.assertEqual(nodes["body"]["value"], "a=b&c=d")
        self.assertEqual(part(request, nodes["body"]), b"a=b&c=d")
        # Head by head as Python's own parser of headers reads them.
        import email.parser
        head = request.split(b"\r\n\r\n")[0].split(b"\r\n", 1)[1].decode()
        self.assertEqual([(k, v) for k, v in email.parser.Parser().parsestr(head).items()],
                         [(n["name"], n["value"]) for n in tree["root"]["children"] if n["type"] == "header"])
        for node in nodes.values():
            if node["type"] == "header":
                self.assertEqual(part(request, node).rstrip(b":"),
                                 ("%s: %s" % (node["name"], node["value"])).rstrip(": ").encode())
        response = sent["to-client"]
        tree = self.decode("http", response, "to-client")
        self.assertEqual(tree["summary"], "200 OK, text/plain, 12 bytes")
        body = [n for n in tree["root"]["children"] if n["name"] == "body"][0]
        self.assertEqual([part(response, c) for c in body["children"]], [b"hello", b", world"])


class DBus(Tapped):
    def test_daemon(self):
        if not shutil.which("dbus-daemon") or not shutil.which("gdbus"):
            self.skipTest("dbus-daemon and gdbus are not there")
        path = self.folder + "/bus"
        with open(self.folder + "/bus.conf", "w") as file:
            file.write('<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" '
                       '"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd"><busconfig>'
                       f'<type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>'
                       '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
                       '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>')
        daemon = self.start("dbus-daemon", "--config-file", self.folder + "/bus.conf", "--nofork",
                            "--print-address", stdout=subprocess.PIPE, text=True)
        self.assertIn("unix:path=", daemon.stdout.readline())
        daemon.stdout.close()
        self.relay(path, self.folder + "/at")
        call = ["gdbus", "call", "--address", f"unix:path={self.folder}/at", "--dest", "org.freedesktop.DBus",
                "--object-path", "/org/freedesktop/DBus", "--method"]
        out = subprocess.run(call + ["org.freedesktop.DBus.GetConnectionCredentials", "org.freedesktop.DBus"],
                             capture_output=True, text=True, timeout=PATIENCE)
        self.assertIn("ProcessID", out.stdout, out)
        sent = self.sent()
        client, client_calls = self.messages("to-server", sent)
        server, server_calls = self.messages("to-client", sent)
        self.assertIn("call org.freedesktop.DBus.Hello()", client)
        self.assertTrue(any(s.startswith("call org.freedesktop.DBus.GetConnectionCredentials") for s in client))
        self.assertTrue(any(s.startswith("signal org.freedesktop.DBus.NameAcquired") for s in server), server)
        self.assertTrue(any("ProcessID: %d" % daemon.pid in s for s in server), server)
        asked = {c["id"] for c in client_calls if c["role"] == "request"}
        answered = {c["id"] for c in server_calls if c["role"] == "response"}
        self.assertTrue(asked)
        self.assertEqual(asked, answered)

    def messages(self, direction, sent):
        """Cuts the lines of the authentication and the messages, as the specification has it."""
        data = sent[direction]
        end = re.search(b"BEGIN\r\n" if direction == "to-server" else b"(AGREE_UNIX_FD|OK)[^\r]*\r\n(?=l|B)",
                        data).end()
        for line in data[:end].splitlines():
            self.decode("dbus", line, direction, "--form", "1")
        summaries, calls = [], []
        data = data[end:]
        while data:
            order = "<" if data[:1] == b"l" else ">"
            body, serial, fields = struct.unpack(order + "III", data[4:16])
            size = 16 + (fields + 7) // 8 * 8 + body
            tree = self.decode("dbus", data[:size], direction)
            summaries.append(tree["summary"])
            calls.append(tree["call"])
            self.check_again(data[:size], tree["root"])
            data = data[size:]
        return summaries, calls

    def check_again(self, message, root):
        """Numbers and strings stand where they are said to."""
        for node in walk(root):
            data = part(message, node)
            if node["type"] == "uint32" and message[:1] == b"l":
                self.assertEqual(struct.unpack("<I", data)[0], int(node["value"]))
            elif node["type"] in ("string", "object path"):
                shown = displayed(data[4:-1].decode())
                self.assertTrue(shown == node["value"] or shown.startswith(node["value"].rstrip("…"))
                                and len(shown) > LONGEST_VALUE - 10, node)


class Postgres(Tapped):
    def program(self, name):
        places = glob.glob("/usr/lib/postgresql/*/bin/" + name) + glob.glob(
            UNPACKED + "/usr/lib/postgresql/*/bin/" + name)
        return places[-1] if places else None

    def run_as_user(self, *command):
        """PostgreSQL refuses to run as root."""
        if os.geteuid() == 0:
            command = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") + command
        return command

    def test_psql(self):
        initdb, postgres, psql = map(self.program, ("initdb", "postgres", "psql"))
        if not (initdb and postgres and psql):
            self.skipTest("PostgreSQL is not there")
        libraries = ":".join(p for p, _, files in os.walk(UNPACKED) if any(".so" in f for f in files))
        environment = dict(os.environ, LC_ALL="C", HOME=self.folder, PGPASSWORD="geheim",
                           **({"LD_LIBRARY_PATH": libraries} if UNPACKED in postgres else {}))
        if os.geteuid() == 0:
            os.chown(self.folder, 65534, 65534)
        with open(self.folder + "/password", "w") as file:
            file.write("geheim\n")
        data = self.folder + "/data"
        made = subprocess.run(self.run_as_user(initdb, "-D", data, "-U", "ada", "-A", "scram-sha-256",
                                               "--pwfile", self.folder + "/password", "-N"),
                              env=environment, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(made.returncode, 0, made)
        self.start(*self.run_as_user(postgres, "-D", data, "-k", self.folder, "-h", "", "-F"),
                   env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ready = [psql, "-h", self.folder, "-U", "ada", "postgres", "-Atc", "SELECT 1"]
        for _ in range(600):
            if subprocess.run(ready, env=environment, capture_output=True, timeout=PATIENCE).returncode == 0:
                break
            threading.Event().wait(0.1)
        else:
            self.fail("the server does not come up")
        self.check_encryption(self.folder + "/.s.PGSQL.5432")
        os.mkdir(self.folder + "/at")
        self.relay(self.folder + "/.s.PGSQL.5432", self.folder + "/at/.s.PGSQL.5432")
        script = ("CREATE TABLE t (id int, name text);\nCOPY t FROM stdin;\n1\tAda\n2\t\\N\n\\.\n"
                  "SELECT * FROM t ORDER BY id;\nSELECT nothing;\nCOPY t TO stdout;\n")
        out = subprocess.run([psql, "-h", self.folder + "/at", "-U", "ada", "postgres", "-At"], input=script,
                             env=environment, capture_output=True, text=True, timeout=PATIENCE)
        self.assertIn("1|Ada", out.stdout, out)
        sent = self.sent()
        client, server = self.messages("to-server", sent), self.messages("to-client", sent)
        for expected in ("StartupMessage 3.0 user ada database postgres",
                         "SASLInitialResponse SCRAM-SHA-256", "SASLResponse",
                         "Query SELECT * FROM t ORDER BY id;", "CopyDone", "Terminate"):
            self.assertIn(expected, client)
        for expected in ("Authentication: SASL wanted, SCRAM-SHA-256", "Authentication: SASL is done",
                         "Authentication: ok", "RowDescription id, name", "DataRow 1, Ada", "DataRow 2, NULL",
                         "CommandComplete SELECT 2", "ReadyForQuery idle", "CopyInResponse text, 2 columns",
                         "CopyData 1\\tAda\\n", "CopyOutResponse text, 2 columns",
                         'ErrorResponse ERROR 42703: column "nothing" does not exist'):
            self.assertIn(expected, server)
        self.assertFalse(any("geheim" in s for s in client + server))
        self.check_prepared(environment)

    def check_prepared(self, environment):
        """Parse, Bind, Describe, Execute, Sync: pgbench speaks them."""
        pgbench = self.program("pgbench")
        self.assertTrue(pgbench, "it comes with the server")
        with open(self.folder + "/script", "w") as file:
            file.write("\\set x 41\nSELECT :x + 1 AS n;\n")
        out = subprocess.run([pgbench, "-h", self.folder + "/at", "-U", "ada", "-n", "-t", "1", "-M", "prepared",
                              "-f", self.folder + "/script", "postgres"], env=environment, capture_output=True,
                             text=True, timeout=PATIENCE)
        self.assertEqual(out.returncode, 0, out)
        self.sent()  # its first connection only asks what there is
        sent = self.sent()
        client, server = self.messages("to-server", sent), self.messages("to-client", sent)
        client = [re.sub("P[0-9_]+", "P", summary) for summary in client]  # differs by version
        for expected in ("Parse P: SELECT $1 + 1 AS n;", "Bind P (41)", "Describe portal", "Execute", "Sync"):
            self.assertIn(expected, client)
        for expected in ("ParseComplete", "BindComplete", "RowDescription n", "DataRow 42",
                         "CommandComplete SELECT 1", "ReadyForQuery idle"):
            self.assertIn(expected, server)

    def check_encryption(self, path):
        """psql asks for none on a local socket; the server answers all the same."""
        for code, form, name in ((80877103, "2", "SSLRequest"), (80877104, "3", "GSSENCRequest")):
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(PATIENCE)
                client.connect(path)
                request = struct.pack(">II", 8, code)
                client.sendall(request)
                answer = client.recv(1)
            self.assertEqual(self.decode("postgresql", request, "to-server", "--form", form)["summary"], name)
            tree = self.decode("postgresql", answer, "to-client", "--form", "5")
            self.assertEqual((tree["summary"], tree["call"]["role"]), ("encryption: no", "response"))

    def messages(self, direction, sent):
        data, summaries = sent[direction], []
        is_client = direction == "to-server"
        is_start = is_client
        while data:
            form = "1" if is_start else "0"
            size = struct.unpack(">I", data[:4] if is_start else data[1:5])[0] + (0 if is_start else 1)
            summary = self.decode("postgresql", data[:size], direction, "--form", form)["summary"]
            summaries.append(summary)
            is_start = is_start and not summary.startswith("StartupMessage")
            data = data[size:]
        return summaries


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=1)
