// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/decode/postgresqlframer.h"

#include "core/decode/framecutter.h"

#include <string_view>

namespace Sockeye {

namespace {

constexpr quint64 mostStartup = 10'000; // MAX_STARTUP_PACKET_LENGTH of the server
constexpr quint64 mostLength = 0x3fffffff; // of any allocation of the server
constexpr std::string_view clientTypes = "BCDEFHPQSXcdfp";
constexpr std::string_view serverTypes = "123ACDEGHIKNRSTVWZcdnstv";

quint64 readNumber(std::span<const std::byte> bytes)
{
    quint64 number = 0;
    for (const std::byte byte : bytes.first(4))
        number = (number << 8) | std::to_integer<quint64>(byte);
    return number;
}

/// What both directions know.
struct Conversation
{
    FrameCutter *toServer = nullptr;
    FrameCutter *toClient = nullptr;
    quint64 openRequests = 0; ///< for encryption, not answered
    bool isEncrypted = false;
};

class PostgreSqlCutter : public HeadedCutter
{
public:
    PostgreSqlCutter(Direction direction, std::shared_ptr<Conversation> conversation)
        : HeadedCutter(direction)
        , m_conversation(std::move(conversation))
    { }

protected:
    void restart() override
    {
        HeadedCutter::restart();
        if (m_conversation->isEncrypted)
            giveUp();
    }

    [[nodiscard]] static Measure measureTyped(std::span<const std::byte> header,
                                              std::string_view types)
    {
        constexpr quint64 headerSize = 5;
        if (types.find(std::to_integer<char>(header[0])) == std::string_view::npos)
            return {};
        if (header.size() < headerSize)
            return {Measure::Verdict::More, headerSize};
        const quint64 length = readNumber(header.subspan(1)); // without the type, with itself
        if (length < 4 || length > mostLength)
            return {};
        return {Measure::Verdict::Known, 1 + length, 0, PostgreSqlForm::Message};
    }

    std::shared_ptr<Conversation> m_conversation; // NOLINT: of both halves, in this file only
};

class ClientCutter final : public PostgreSqlCutter
{
public:
    explicit ClientCutter(std::shared_ptr<Conversation> conversation)
        : PostgreSqlCutter(Direction::ToServer, std::move(conversation))
    {
        m_conversation->toServer = this;
    }

private:
    void restart() override
    {
        m_mayHaveStarted = true;
        PostgreSqlCutter::restart();
    }

    Measure measure(std::span<const std::byte> header) override
    {
        // No type is 0, while the first byte of every start-up packet is: behind a gap, that tells.
        if (m_hasStarted || (m_mayHaveStarted && header[0] != std::byte {0}))
            return measureTyped(header, clientTypes);
        return measureStartup(header);
    }

    [[nodiscard]] static Measure measureStartup(std::span<const std::byte> header)
    {
        constexpr quint64 headerSize = 8;
        if (header[0] != std::byte {0})
            return {};
        if (header.size() < headerSize)
            return {Measure::Verdict::More, headerSize};
        const quint64 length = readNumber(header);
        const quint64 code = readNumber(header.subspan(4));
        const auto known = [length](quint8 form) {
            return Measure {Measure::Verdict::Known, length, 0, form};
        };
        constexpr quint64 version3 = 3;
        if (code >> 16 == version3 && length > headerSize && length <= mostStartup)
            return known(PostgreSqlForm::Startup);
        if (code == 80'877'103 && length == headerSize)
            return known(PostgreSqlForm::SslRequest);
        if (code == 80'877'104 && length == headerSize)
            return known(PostgreSqlForm::GssEncRequest);
        // Before version 3.2 of the protocol, exactly 16.
        if (code == 80'877'102 && length > headerSize + 4 && length <= headerSize + 4 + 256)
            return known(PostgreSqlForm::CancelRequest);
        return {};
    }

    void messageEnded(quint8 form) override
    {
        if (form == PostgreSqlForm::SslRequest || form == PostgreSqlForm::GssEncRequest)
            ++m_conversation->openRequests;
        else
            m_hasStarted = m_hasStarted || form != PostgreSqlForm::CancelRequest;
    }

    bool m_hasStarted = false;
    bool m_mayHaveStarted = false; // bytes are missing: the start may have been among them
};

class ServerCutter final : public PostgreSqlCutter
{
public:
    explicit ServerCutter(std::shared_ptr<Conversation> conversation)
        : PostgreSqlCutter(Direction::ToClient, std::move(conversation))
    {
        m_conversation->toClient = this;
    }

private:
    void restart() override
    {
        m_conversation->openRequests = 0; // the answers may be what is missing
        PostgreSqlCutter::restart();
    }

    Measure measure(std::span<const std::byte> header) override
    {
        if (header.size() == 1 && m_conversation->openRequests > 0) {
            --m_conversation->openRequests;
            m_answer = std::to_integer<char>(header[0]);
            if (m_answer == 'S' || m_answer == 'G' || m_answer == 'N')
                return {Measure::Verdict::Known, 1, 0, PostgreSqlForm::EncryptionAnswer};
            if (m_answer != 'E') // an error, as of servers that know no encryption
                return {};
        }
        return measureTyped(header, serverTypes);
    }

    void messageEnded(quint8 form) override
    {
        if (form != PostgreSqlForm::EncryptionAnswer || m_answer == 'N')
            return;
        m_conversation->isEncrypted = true;
        m_conversation->toServer->giveUp();
        m_conversation->toClient->giveUp();
    }

    char m_answer = 0;
};

} // namespace

std::unique_ptr<Framer> makePostgreSqlFramer()
{
    const auto conversation = std::make_shared<Conversation>();
    return std::make_unique<CutterFramer>(std::make_unique<ClientCutter>(conversation),
                                          std::make_unique<ServerCutter>(conversation));
}

} // namespace Sockeye
