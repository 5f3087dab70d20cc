// SPDX-FileCopyrightText: 2026 The Sockeye developers
// SPDX-License-Identifier: GPL-3.0-or-later

// A table of messages and of the trees they make: name = value : type @ offset + length.

#include "treechecks.h"

#include <QTest>

using namespace Sockeye;

class tst_XmlDecoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictures_data();
    void pictures() { checkPicture(); }
};

void tst_XmlDecoder::pictures_data()
{
    PictureRows rows(DecoderKind::Xml);
    rows.add(
        "kinds of nodes",
        bytes("<?xml version=\"1.0\"?><!-- c --><?pi x y?><a x=\"1\"  y = '&lt;2' ><b>text</b> "
              "<c/>mix<![CDATA[<raw>]]>t</a>"),
        R"(
<a x="1"  y = '&lt;2' ><b>text</b> <c/>mix<![CDATA[<raw>]]>t</a>
 @ 0 + 105
  xml = version 1.0 : declaration @ 0 + 21
  comment =  c  : comment @ 21 + 10
  pi = x y : processing instruction @ 31 + 10
  a : element @ 41 + 64
    x = 1 : attribute @ 44 + 5
    y = <2 : attribute @ 51 + 11
    b = text : element @ 64 + 11
    c : element @ 76 + 4
    text = mix : text @ 80 + 3
    CDATA = <raw> : CDATA @ 83 + 17
    text = t : text @ 100 + 1
)");
    rows.add(
        "entities",
        bytes("<!DOCTYPE l [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\"><!ENTITY far SYST"
              "EM \"x.dtd\">]><l a=\"&lol2;\">&lol2;&far;</l>"),
        R"(
<l a="&lol2;">&lol2;&far;</l>
 @ 0 + 118
  DOCTYPE = l : document type @ 0 + 89
    lol = lol : entity @ 13 + 19
    lol2 = &lol;&lol; : entity @ 32 + 27
    far = x.dtd : entity, not loaded @ 59 + 28
  l : element @ 89 + 29
    a = lollol : attribute @ 92 + 10
    &lol2; : entity, not expanded @ 103 + 6
    &far; : entity, not loaded @ 109 + 5
)");
    rows.add("default attribute", bytes("<!DOCTYPE a [<!ATTLIST a x CDATA \"1\">]><a y=\"2\"/>"),
             R"(
<a y="2"/>
 @ 0 + 49
  DOCTYPE = a : document type @ 0 + 39
  a : element @ 39 + 10
    y = 2 : attribute @ 42 + 5
    x = 1 : attribute, by default @ 49 + 0
)");
    rows.add("UTF-16",
             bytes("\377\376<\000a\000 \000x\000=\000\"\000\351\000\"\000>\000\374\000<\000/\000a"
                   "\000>\000"),
             R"(
<a>
 @ 0 + 30
  a = ü : element @ 2 + 28
    x = é : attribute @ 2 + 18
)");
    rows.add("Latin-1",
             bytes("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a x=\"\351\">\374</a>"),
             R"(
<a x="\xe9">\xfc</a>
 @ 0 + 57
  xml = version 1.0, ISO-8859-1 : declaration @ 0 + 43
  a = ü : element @ 43 + 14
    x = é : attribute @ 46 + 5
)");
    rows.add("cut in text", bytes("<a><b>te"),
             R"(
<a><b>te
 @ 0 + 8
  a : element @ 0 + 8
    b : element @ 3 + 5
      text = te : text @ 6 + 2
)",
             CutToServer);
    rows.add("cut in a tag", bytes("<a><b x=\"1"),
             R"(
<a><b x="1
 @ 0 + 10
  a : element @ 0 + 10
    rest = <b x="1 : cut @ 3 + 7
)",
             CutToServer);
    rows.add("ends early", bytes("<a><b>te"),
             R"(
<a><b>te
not valid
 @ 0 + 8
  a : element @ 0 + 8
    b : element @ 3 + 5
      text = te : text @ 6 + 2
      ! error = no element found @ 8 + 0
)");
    rows.add("wrong end", bytes("<a></b>"),
             R"(
<a></b>
not valid
 @ 0 + 7
  a : element @ 0 + 7
    ! error = mismatched tag @ 5 + 2
)");
    rows.add(
        "entities that multiply",
        bytes("<!DOCTYPE z [<!ENTITY l0 \"lollollol\"><!ENTITY l1 \"&l0;&l0;&l0;&l0;&l0;&l0;&l0"
              ";&l0;&l0;&l0;\"><!ENTITY l2 \"&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;\"><!ENTIT"
              "Y l3 \"&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2;\"><!ENTITY l4 \"&l3;&l3;&l3;&l3;"
              "&l3;&l3;&l3;&l3;&l3;&l3;\"><!ENTITY l5 \"&l4;&l4;&l4;&l4;&l4;&l4;&l4;&l4;&l4;&l4"
              ";\"><!ENTITY l6 \"&l5;&l5;&l5;&l5;&l5;&l5;&l5;&l5;&l5;&l5;\"><!ENTITY l7 \"&l6;&"
              "l6;&l6;&l6;&l6;&l6;&l6;&l6;&l6;&l6;\"><!ENTITY l8 \"&l7;&l7;&l7;&l7;&l7;&l7;&l7;"
              "&l7;&l7;&l7;\"><!ENTITY l9 \"&l8;&l8;&l8;&l8;&l8;&l8;&l8;&l8;&l8;&l8;\">]><z a="
              "\"&l9;\"/>"),
        R"(
<!DOCTYPE z [<!ENTITY l0 "lollollol"><!ENTITY l1 "&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;"><!ENTITY l2 "&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;"><!ENTITY l3 "&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2…
not valid
 @ 0 + 547
  DOCTYPE = z : document type @ 0 + 534
    l0 = lollollol : entity @ 13 + 24
    l1 = &l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0;&l0; : entity @ 37 + 55
    l2 = &l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1; : entity @ 92 + 55
    l3 = &l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2;&l2; : entity @ 147 + 55
    l4 = &l3;&l3;&l3;&l3;&l3;&l3;&l3;&l3;&l3;&l3; : entity @ 202 + 55
    l5 = &l4;&l4;&l4;&l4;&l4;&l4;&l4;&l4;&l4;&l4; : entity @ 257 + 55
    l6 = &l5;&l5;&l5;&l5;&l5;&l5;&l5;&l5;&l5;&l5; : entity @ 312 + 55
    l7 = &l6;&l6;&l6;&l6;&l6;&l6;&l6;&l6;&l6;&l6; : entity @ 367 + 55
    l8 = &l7;&l7;&l7;&l7;&l7;&l7;&l7;&l7;&l7;&l7; : entity @ 422 + 55
    l9 = &l8;&l8;&l8;&l8;&l8;&l8;&l8;&l8;&l8;&l8; : entity @ 477 + 55
  ! error = its entities would multiply it: they are not expanded @ 534 + 13
)");
    rows.add("unknown entity", bytes("<a>&b;</a>"),
             R"(
<a>&b;</a>
not valid
 @ 0 + 10
  a : element @ 0 + 10
    ! error = undefined entity @ 3 + 7
)");
    rows.add("nothing", bytes(""),
             R"(

not valid
 @ 0 + 0
  ! error = no element found @ 0 + 0
)");
}

QTEST_GUILESS_MAIN(tst_XmlDecoder)
#include "tst_xmldecoder.moc"
