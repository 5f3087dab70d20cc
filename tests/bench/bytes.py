#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes through "serve --echo --record": what was sent, received and captured has equal hashes.

  bytes.py SOCKEYE FOLDER CONNECTIONS MEBIBYTES

Each client sends a stream of its own (seeded), in writes of random size, half closes, and reads to the
end. The capture is read by the few lines here, which share no code with the product.
"""
import hashlib, os, random, signal, socket, struct, subprocess, sys, threading, time


def client(path, number, size, results):
    rng = random.Random(number)
    block = rng.randbytes(1 << 20)
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(path)
    received = hashlib.sha256()
    counts = [0]

    def read():
        while True:
            data = sock.recv(1 << 18)
            if not data:
                return
            received.update(data)
            counts[0] += len(data)

    reader = threading.Thread(target=read)
    reader.start()
    sent = hashlib.sha256()
    # The first bytes tell which client it is: the capture's streams are found by them.
    left, first = size, struct.pack("<Q", number)
    while left > 0:
        start = rng.randrange(1 << 19)
        data = (first + block[start:start + rng.randrange(1, 1 << 19)])[:left]
        first = b""
        sock.sendall(data)
        sent.update(data)
        left -= len(data)
    sock.shutdown(socket.SHUT_WR)
    reader.join()
    results[number] = (sent.hexdigest(), received.hexdigest(), counts[0])
    sock.close()


def captured(name):
    """Hash of each direction of each conversation: {(client ip, port): [to server, to client, ...]}"""
    streams = {}
    with open(name, "rb", buffering=1 << 20) as file:
        while True:
            head = file.read(8)
            if len(head) < 8:
                return streams
            kind, length = struct.unpack("<II", head)
            body = file.read(length - 8)
            if kind != 6:
                continue
            caplen, origlen = struct.unpack_from("<II", body, 12)
            assert caplen == origlen, "cut packet"
            total = struct.unpack_from(">H", body, 22)[0]
            assert total == caplen, "length of the IP header"
            source, target = body[32:36], body[36:40]
            offset = 20 + (body[20] & 15) * 4
            sport, dport = struct.unpack_from(">HH", body, offset)
            payload = memoryview(body)[offset + (body[offset + 12] >> 4) * 4:20 + caplen]
            to_server = target[1] == 0 and target[0] == 10
            key = (source, sport) if to_server else (target, dport)
            entry = streams.setdefault(key, [hashlib.sha256(), hashlib.sha256(), b""])
            if to_server and len(entry[2]) < 8:
                entry[2] = (entry[2] + bytes(payload[:8]))[:8]
            entry[0 if to_server else 1].update(payload)


def main():
    program, folder, connections, mebibytes = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    path, record = os.path.join(folder, "bytes"), os.path.join(folder, "bytes.pcapng")
    if os.path.exists(record):
        os.unlink(record)
    server = subprocess.Popen([program, "serve", path, "--echo", "--quiet", "--record", record])
    while not os.path.exists(path):
        if server.poll() is not None:
            sys.exit("bytes: the server ended")
        time.sleep(0.01)
    start = time.monotonic()
    pids, results = [], {}
    # Processes, as one interpreter would be the bottleneck; each tells its hashes by a pipe.
    pipes = []
    for worker in range(4):
        out, into = os.pipe()
        pid = os.fork()
        if pid == 0:
            mine = {}
            threads = [threading.Thread(target=client, args=(path, n, mebibytes << 20, mine))
                       for n in range(worker, connections, 4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            os.write(into, repr(mine).encode())
            os._exit(0)
        os.close(into)
        pids.append(pid)
        pipes.append(out)
    for pipe in pipes:
        text = b""
        while data := os.read(pipe, 65536):
            text += data
        results.update(eval(text))  # our own child's repr
    for pid in pids:
        os.waitpid(pid, 0)
    seconds = time.monotonic() - start
    server.send_signal(signal.SIGTERM)
    server.wait()
    streams = {entry[2]: entry for entry in captured(record).values() if len(entry[2]) == 8}
    equal = 0
    for number, (sent, received, count) in results.items():
        entry = streams.get(struct.pack("<Q", number))
        same = (entry and sent == received == entry[0].hexdigest() == entry[1].hexdigest()
                and count == mebibytes << 20)
        equal += bool(same)
        if not same:
            print(f"bytes: connection {number} differs", file=sys.stderr)
    size = os.path.getsize(record)
    os.unlink(record)
    print(f"bytes, {connections} connections x {mebibytes} MiB through serve --echo: sender, receiver and "
          f"capture (both directions) equal for {equal} of {connections}; {seconds:.1f} s, "
          f"{connections * mebibytes / seconds:.0f} MiB/s each way, capture {size / 2**30:.2f} GiB")
    sys.exit(0 if equal == connections else 1)


main()
