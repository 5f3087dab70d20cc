// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// Runs a fuzz target without libFuzzer: each file of the corpus as it is, then random mutations
// of them, the same in each run. FOLDER [ROUNDS [SEED]]. A crash leaves its input in the file
// that is named on stderr; add it to the corpus when it is mended.

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes current;
std::string crashFile;

// Only what a signal handler may call.
extern "C" void keepInput(int number)
{
    const int file = ::open(crashFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file >= 0 && ::write(file, current.data(), current.size()) >= 0) {
        constexpr char text[] = "crashed; the input is in ";
        (void)!::write(STDERR_FILENO, text, sizeof text - 1);
        (void)!::write(STDERR_FILENO, crashFile.data(), crashFile.size());
        (void)!::write(STDERR_FILENO, "\n", 1);
    }
    std::signal(number, SIG_DFL);
    std::raise(number);
}

std::vector<Bytes> readCorpus(const std::filesystem::path &folder)
{
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(folder))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end()); // the same order everywhere
    std::vector<Bytes> corpus;
    for (const auto &file : files) {
        std::ifstream stream(file, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(stream),
                            std::istreambuf_iterator<char>());
    }
    return corpus;
}

class Mutator
{
public:
    Mutator(const std::vector<Bytes> &corpus, std::uint32_t seed)
        : m_corpus(corpus)
        , m_random(seed)
    { }

    Bytes next()
    {
        Bytes bytes = m_corpus[below(m_corpus.size())];
        for (std::size_t step = 1 + below(4); step > 0; --step)
            mutate(bytes);
        return bytes;
    }

private:
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : m_random() % limit; }

    void mutate(Bytes &bytes)
    {
        static constexpr std::uint32_t interesting[] = {
            0,    1,    4,      12,      28,         31,         32,
            0x7f, 0xff, 0xffff, 0x10000, 0x7fffffff, 0xfffffffc, 0xffffffff,
        };
        const std::size_t at = below(bytes.size());
        const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t length = below(std::min<std::size_t>(bytes.size() - at, 200) + 1);
        const auto end = begin + static_cast<std::ptrdiff_t>(length);
        switch (below(7)) {
        case 0: // a bit
            if (!bytes.empty())
                bytes[at] ^= static_cast<std::uint8_t>(1u << below(8));
            break;
        case 1: // a byte
            if (!bytes.empty())
                bytes[at] = static_cast<std::uint8_t>(m_random());
            break;
        case 2: // a number where numbers stand
            for (std::size_t i = 0, word = at & ~std::size_t {3}; i < 4 && word + i < bytes.size();
                 ++i)
                bytes[word + i] = static_cast<std::uint8_t>(
                    interesting[below(std::size(interesting))] >> (8 * i));
            break;
        case 3:
            bytes.erase(begin, end);
            break;
        case 4: { // twice
            const Bytes piece(begin, end);
            bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size() + 1)),
                         piece.begin(), piece.end());
            break;
        }
        case 5: { // from another
            const Bytes &other = m_corpus[below(m_corpus.size())];
            const std::size_t from = below(other.size());
            const std::size_t count = below(std::min<std::size_t>(other.size() - from, 500) + 1);
            bytes.insert(begin, other.begin() + static_cast<std::ptrdiff_t>(from),
                         other.begin() + static_cast<std::ptrdiff_t>(from + count));
            break;
        }
        default:
            bytes.resize(at);
        }
    }

    const std::vector<Bytes> &m_corpus;
    std::mt19937 m_random;
};

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s FOLDER [ROUNDS [SEED]]\n", argv[0]);
        return 2;
    }
    const std::vector<Bytes> corpus = readCorpus(argv[1]);
    const long rounds = argc > 2 ? std::atol(argv[2]) : 20'000;
    const auto seed = static_cast<std::uint32_t>(argc > 3 ? std::atol(argv[3]) : 1);
    if (corpus.empty()) {
        std::fprintf(stderr, "%s holds no corpus\n", argv[1]);
        return 2;
    }
    crashFile =
        (std::filesystem::temp_directory_path() / ("fuzz-crash-" + std::to_string(::getpid())))
            .string();
    for (const int number : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGALRM})
        std::signal(number, keepInput);
    for (const Bytes &bytes : corpus) {
        current = bytes;
        LLVMFuzzerTestOneInput(current.data(), current.size());
    }
    Mutator mutator(corpus, seed);
    for (long round = 0; round < rounds; ++round) {
        current = mutator.next();
        ::alarm(20); // a hang is a find as well
        LLVMFuzzerTestOneInput(current.data(), current.size());
    }
    ::alarm(0);
    std::printf("%zu files and %ld mutations went well\n", corpus.size(), rounds);
    return 0;
}
