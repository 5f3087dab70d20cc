// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "core/decode/postgresform.h"

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_PostgresDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_PostgresDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::PostgreSql);
    rows.add("start-up",
             bytes("\000\000\000\035\000\003\000\000user\000ada\000database\000x\000\000"),
             R"(
StartupMessage 3.0 user ada database x
request StartupMessage
 @ 0 + 29
  length = 29 : int32 @ 0 + 4
  code = 196608 : protocol version @ 4 + 4
  user = ada @ 8 + 9
    name = user : string @ 8 + 5
    value = ada : string @ 13 + 4
  database = x @ 17 + 11
    name = database : string @ 17 + 9
    value = x : string @ 26 + 2
  end = 0 : byte @ 28 + 1
)",
             {Direction::ToServer, PostgreSqlForm::Startup, false});
    rows.add("unknown version", bytes("\000\000\000\010\000\002\000\000"),
             R"(
start-up of an unknown version
not valid
 @ 0 + 8
  length = 8 : int32 @ 0 + 4
  ! code = 2.0 is no version of this protocol @ 4 + 4
)",
             {Direction::ToServer, PostgreSqlForm::Startup, false});
    rows.add("SSLRequest", bytes("\000\000\000\010\004\322\026/"),
             R"(
SSLRequest
request SSLRequest
 @ 0 + 8
  length = 8 : int32 @ 0 + 4
  code = 80877103 : SSLRequest @ 4 + 4
)",
             {Direction::ToServer, PostgreSqlForm::Startup, false});
    rows.add("CancelRequest", bytes("\000\000\000\020\004\322\026.\000\000\000M\001\002\003\004"),
             R"(
CancelRequest of process 77
 @ 0 + 16
  length = 16 : int32 @ 0 + 4
  code = 80877102 : CancelRequest @ 4 + 4
  process = 77 : int32 @ 8 + 4
  key = not shown (4 bytes) : secret @ 12 + 4
)",
             {Direction::ToServer, PostgreSqlForm::Startup, false});
    rows.add("answer", bytes("N"),
             R"(
encryption: no
response
 @ 0 + 1
  answer = encryption: no : byte @ 0 + 1
)",
             {Direction::ToClient, PostgreSqlForm::EncryptionAnswer, false});
    rows.add("wrong answer", bytes("?"),
             R"(

response
not valid
 @ 0 + 1
  ! answer = one byte S, G or N is expected @ 0 + 1
)",
             {Direction::ToClient, PostgreSqlForm::EncryptionAnswer, false});
    rows.add("Query",
             bytes("Q\000\000\000\017SELECT\n"
                   "  1\000"),
             R"(
Query SELECT 1
request Query SELECT 1
 = Query @ 0 + 16
  type = Q : byte @ 0 + 1
  length = 15 : int32 @ 1 + 4
  query = SELECT\n  1 : SQL @ 5 + 11
)");
    rows.add("Query with a password", bytes("Q\000\000\000'ALTER USER a PASSWORD 'gehe''im' x\000"),
             R"(
Query ALTER USER a PASSWORD '…' x
request Query ALTER USER a PASSWORD '…' x
 = Query @ 0 + 40
  type = Q : byte @ 0 + 1
  length = 39 : int32 @ 1 + 4
  query = ALTER USER a PASSWORD 'gehe''im' x : SQL @ 5 + 35
)");
    rows.add("Parse", bytes("P\000\000\000\027s1\000SELECT $1\000\000\001\000\000\000\027"),
             R"(
Parse s1: SELECT $1
 = Parse @ 0 + 24
  type = P : byte @ 0 + 1
  length = 23 : int32 @ 1 + 4
  statement = s1 : string @ 5 + 3
  query = SELECT $1 : SQL @ 8 + 10
  parameter types = 1 : int16 @ 18 + 2
  types @ 20 + 4
    [0] = 23 : oid: int4 @ 20 + 4
)");
    rows.add("Bind",
             bytes("B\000\000\000\034\000s1\000\000\001\000\000\000\002\000\000\000\00242\377\377"
                   "\377\377\000\001\000\001"),
             R"(
Bind s1 (42, NULL)
 = Bind @ 0 + 29
  type = B : byte @ 0 + 1
  length = 28 : int32 @ 1 + 4
  portal : string @ 5 + 1
  statement = s1 : string @ 6 + 3
  parameter formats = 1 : int16 @ 9 + 2
  formats @ 11 + 2
    [0] = text : int16 @ 11 + 2
  parameters = 2 : int16 @ 13 + 2
  values @ 15 + 10
    [0] = 42 : value @ 15 + 6
    [1] = NULL : null @ 21 + 4
  result formats = 1 : int16 @ 25 + 2
  formats of results @ 27 + 2
    [0] = binary : int16 @ 27 + 2
)");
    rows.add("Describe", bytes("D\000\000\000\010Ss1\000"),
             R"(
Describe statement s1
 = Describe @ 0 + 9
  type = D : byte @ 0 + 1
  length = 8 : int32 @ 1 + 4
  kind = statement : byte @ 5 + 1
  name = s1 : string @ 6 + 3
)");
    rows.add("Execute", bytes("E\000\000\000\011\000\000\000\000\n"),
             R"(
Execute, 10 rows at most
 = Execute @ 0 + 10
  type = E : byte @ 0 + 1
  length = 9 : int32 @ 1 + 4
  portal : string @ 5 + 1
  rows at most = 10 : int32 @ 6 + 4
)");
    rows.add("Sync", bytes("S\000\000\000\004"),
             R"(
Sync
request Sync
 = Sync @ 0 + 5
  type = S : byte @ 0 + 1
  length = 4 : int32 @ 1 + 4
)");
    rows.add("CopyData", bytes("d\000\000\000\0101\011a\n"),
             R"(
CopyData 1\ta\n
 = CopyData @ 0 + 9
  type = d : byte @ 0 + 1
  length = 8 : int32 @ 1 + 4
  data = 1\ta\n @ 5 + 4
)");
    rows.add("CopyFail", bytes("f\000\000\000\010why\000"),
             R"(
CopyFail: why
 = CopyFail @ 0 + 9
  type = f : byte @ 0 + 1
  length = 8 : int32 @ 1 + 4
  why = why : string @ 5 + 4
)");
    rows.add("SASLInitialResponse",
             bytes("p\000\000\000\033SCRAM-SHA-256\000\000\000\000\005n,,n="),
             R"(
SASLInitialResponse SCRAM-SHA-256
 = SASLInitialResponse @ 0 + 28
  type = p : byte @ 0 + 1
  length = 27 : int32 @ 1 + 4
  mechanism = SCRAM-SHA-256 : string @ 5 + 14
  length = 5 : int32 @ 19 + 4
  initial response = n,,n= : SASL @ 23 + 5
)");
    rows.add("SASLResponse", bytes("p\000\000\000\027c=biws,r=abc,p=def="),
             R"(
SASLResponse
 = SASLResponse @ 0 + 24
  type = p : byte @ 0 + 1
  length = 23 : int32 @ 1 + 4
  response = c=biws,r=abc,p=def= : SASL @ 5 + 19
)");
    rows.add("password", bytes("p\000\000\000\013geheim\000"),
             R"(
PasswordMessage
 = PasswordMessage @ 0 + 12
  type = p : byte @ 0 + 1
  length = 11 : int32 @ 1 + 4
  password = not shown (7 bytes) : secret @ 5 + 7
)");
    rows.add("MD5 password", bytes("p\000\000\000(md500000000000000000000000000000000\000"),
             R"(
PasswordMessage (MD5)
 = PasswordMessage @ 0 + 41
  type = p : byte @ 0 + 1
  length = 40 : int32 @ 1 + 4
  password = not shown (36 bytes) : secret @ 5 + 36
)");
    rows.add("Authentication: SASL",
             bytes("R\000\000\000\027\000\000\000\n"
                   "SCRAM-SHA-256\000\000"),
             R"(
Authentication: SASL wanted, SCRAM-SHA-256
 = Authentication @ 0 + 24
  type = R : byte @ 0 + 1
  length = 23 : int32 @ 1 + 4
  code = 10 : int32 @ 5 + 4
  mechanisms @ 9 + 15
    [0] = SCRAM-SHA-256 : string @ 9 + 14
    end = 0 : byte @ 23 + 1
)",
             ToClient);
    rows.add("Authentication: MD5", bytes("R\000\000\000\014\000\000\000\005\001\002\003\004"),
             R"(
Authentication: MD5 password wanted
 = Authentication @ 0 + 13
  type = R : byte @ 0 + 1
  length = 12 : int32 @ 1 + 4
  code = 5 : int32 @ 5 + 4
  salt = 01 02 03 04 @ 9 + 4
)",
             ToClient);
    rows.add("Authentication: unknown", bytes("R\000\000\000\010\000\000\000c"),
             R"(
Authentication
not valid
 = Authentication @ 0 + 9
  type = R : byte @ 0 + 1
  length = 8 : int32 @ 1 + 4
  code = 99 : int32 @ 5 + 4
  ! code = 99: there is no such kind of authentication @ 5 + 4
)",
             ToClient);
    rows.add("ParameterStatus", bytes("S\000\000\000\030server_version\00015.1\000"),
             R"(
ParameterStatus server_version = 15.1
 = ParameterStatus @ 0 + 25
  type = S : byte @ 0 + 1
  length = 24 : int32 @ 1 + 4
  name = server_version : string @ 5 + 15
  value = 15.1 : string @ 20 + 5
)",
             ToClient);
    rows.add("BackendKeyData", bytes("K\000\000\000\014\000\000\000M\000\000\000\005"),
             R"(
BackendKeyData of process 77
 = BackendKeyData @ 0 + 13
  type = K : byte @ 0 + 1
  length = 12 : int32 @ 1 + 4
  process = 77 : int32 @ 5 + 4
  key = not shown (4 bytes) : secret @ 9 + 4
)",
             ToClient);
    rows.add("ReadyForQuery", bytes("Z\000\000\000\005T"),
             R"(
ReadyForQuery in a transaction
response
 = ReadyForQuery @ 0 + 6
  type = Z : byte @ 0 + 1
  length = 5 : int32 @ 1 + 4
  state = in a transaction : byte @ 5 + 1
)",
             ToClient);
    rows.add("RowDescription",
             bytes("T\000\000\000\033\000\001id\000\000\000\000\000\000\000\000\000\000\027\000\004"
                   "\377\377\377\377\000\000"),
             R"(
RowDescription id
 = RowDescription @ 0 + 28
  type = T : byte @ 0 + 1
  length = 27 : int32 @ 1 + 4
  columns = 1 : int16 @ 5 + 2
  [0] = id @ 7 + 21
    name = id : string @ 7 + 3
    table = 0 : oid @ 10 + 4
    column of the table = 0 : int16 @ 14 + 2
    type = 23 : oid: int4 @ 16 + 4
    size of the type = 4 : int16 @ 20 + 2
    modifier of the type = -1 : int32 @ 22 + 4
    format = text : int16 @ 26 + 2
)",
             ToClient);
    rows.add(
        "DataRow",
        bytes("D\000\000\000\025\000\003\000\000\000\00242\377\377\377\377\000\000\000\001\000"),
        R"(
DataRow 42, NULL, 00
 = DataRow @ 0 + 22
  type = D : byte @ 0 + 1
  length = 21 : int32 @ 1 + 4
  columns = 3 : int16 @ 5 + 2
  [0] = 42 : value @ 7 + 6
  [1] = NULL : null @ 13 + 4
  [2] = 00 : value @ 17 + 5
)",
        ToClient);
    rows.add("CommandComplete", bytes("C\000\000\000\rSELECT 1\000"),
             R"(
CommandComplete SELECT 1
 = CommandComplete @ 0 + 14
  type = C : byte @ 0 + 1
  length = 13 : int32 @ 1 + 4
  tag = SELECT 1 : string @ 5 + 9
)",
             ToClient);
    rows.add("ErrorResponse",
             bytes("E\000\000\000%SERROR\000C42P01\000Mno such thing\000Z1\000\000"),
             R"(
ErrorResponse ERROR 42P01: no such thing
 = ErrorResponse @ 0 + 38
  type = E : byte @ 0 + 1
  length = 37 : int32 @ 1 + 4
  severity = ERROR @ 5 + 7
    kind = S : byte @ 5 + 1
    text = ERROR : string @ 6 + 6
  code = 42P01 @ 12 + 7
    kind = C : byte @ 12 + 1
    text = 42P01 : string @ 13 + 6
  message = no such thing @ 19 + 15
    kind = M : byte @ 19 + 1
    text = no such thing : string @ 20 + 14
  field Z = 1 @ 34 + 3
    kind = Z : byte @ 34 + 1
    text = 1 : string @ 35 + 2
  end = 0 : byte @ 37 + 1
)",
             ToClient);
    rows.add("CopyOutResponse", bytes("H\000\000\000\013\000\000\002\000\000\000\000"),
             R"(
CopyOutResponse text, 2 columns
 = CopyOutResponse @ 0 + 12
  type = H : byte @ 0 + 1
  length = 11 : int32 @ 1 + 4
  format = 0 : byte @ 5 + 1
  columns = 2 : int16 @ 6 + 2
  formats @ 8 + 4
    [0] = text : int16 @ 8 + 2
    [1] = text : int16 @ 10 + 2
)",
             ToClient);
    rows.add("NotificationResponse", bytes("A\000\000\000\020\000\000\000\007chan\000hi\000"),
             R"(
NotificationResponse chan: hi
 = NotificationResponse @ 0 + 17
  type = A : byte @ 0 + 1
  length = 16 : int32 @ 1 + 4
  process = 7 : int32 @ 5 + 4
  channel = chan : string @ 9 + 5
  payload = hi : string @ 14 + 3
)",
             ToClient);
    rows.add("ParameterDescription",
             bytes("t\000\000\000\016\000\002\000\000\000\031\000\001\206\237"),
             R"(
ParameterDescription, 2 parameters
 = ParameterDescription @ 0 + 15
  type = t : byte @ 0 + 1
  length = 14 : int32 @ 1 + 4
  parameters = 2 : int16 @ 5 + 2
  types @ 7 + 8
    [0] = 25 : oid: text @ 7 + 4
    [1] = 99999 : oid @ 11 + 4
)",
             ToClient);
    rows.add("NegotiateProtocolVersion",
             bytes("v\000\000\000\023\000\000\000\000\000\000\000\001_pq_.x\000"),
             R"(
NegotiateProtocolVersion 3.0
 = NegotiateProtocolVersion @ 0 + 20
  type = v : byte @ 0 + 1
  length = 19 : int32 @ 1 + 4
  newest minor version = 0 : int32 @ 5 + 4
  options unknown = 1 : int32 @ 9 + 4
  options @ 13 + 7
    [0] = _pq_.x : string @ 13 + 7
)",
             ToClient);
    rows.add("cut", bytes("Q\000\000\000\rSEL"),
             R"(
Query SEL
request Query SEL
 = Query @ 0 + 8
  type = Q : byte @ 0 + 1
  length = 13 : int32 @ 1 + 4
  query = SEL : cut @ 5 + 3
)",
             CutToServer);
    rows.add("ends early", bytes("Q\000\000\000\rSEL"),
             R"(
Query SEL
request Query SEL
not valid
 = Query @ 0 + 8
  type = Q : byte @ 0 + 1
  ! length = 13 are announced, and 7 are there @ 1 + 4
  ! query = the message ends before this does @ 5 + 3
)");
    rows.add("unknown type", bytes("y\000\000\000\007abc"),
             R"(
type y, 8 bytes
not valid
 @ 0 + 8
  type = y : byte @ 0 + 1
  length = 7 : int32 @ 1 + 4
  ! message = there is none of type y in this direction @ 5 + 3
)");
    rows.add("more fields", bytes("S\000\000\000\007abc"),
             R"(
Sync
request Sync
not valid
 = Sync @ 0 + 8
  type = S : byte @ 0 + 1
  length = 7 : int32 @ 1 + 4
  ! more = the message has no more fields @ 5 + 3
)");
    rows.add("negative length",
             bytes("D\000\000\000\n"
                   "\000\001\377\377\377\373"),
             R"(
DataRow 
not valid
 = DataRow @ 0 + 11
  type = D : byte @ 0 + 1
  length = 10 : int32 @ 1 + 4
  columns = 1 : int16 @ 5 + 2
  ! [0] = a length of -5 @ 7 + 4
)",
             ToClient);
}

QTEST_GUILESS_MAIN(tst_PostgresDecoder)
#include "tst_postgresdecoder.moc"
